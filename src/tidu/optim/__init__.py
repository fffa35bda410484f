"""Finding parameters: closed forms, descent, schedules, and the surface descended on."""

from tidu.optim import schedule as schedule
from tidu.optim.adagrad import AdaGrad as AdaGrad
from tidu.optim.adam import Adam as Adam
from tidu.optim.adamw import AdamW as AdamW
from tidu.optim.descent import Descent as Descent
from tidu.optim.gradient_descent import best_rate as best_rate
from tidu.optim.gradient_descent import gradient_descent as gradient_descent
from tidu.optim.gradient_descent import mse_gradient as mse_gradient
from tidu.optim.least_squares import independent_columns as independent_columns
from tidu.optim.least_squares import least_squares as least_squares
from tidu.optim.least_squares import linear_layer as linear_layer
from tidu.optim.least_squares import with_ones as with_ones
from tidu.optim.loss_surface import filter_normalised_directions as filter_normalised_directions
from tidu.optim.loss_surface import loss_surface as loss_surface
from tidu.optim.momentum import Momentum as Momentum
from tidu.optim.nesterov import Nesterov as Nesterov
from tidu.optim.rmsprop import RMSProp as RMSProp
from tidu.optim.sgd import SGD as SGD
