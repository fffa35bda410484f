"""Metrics: how good an outcome is."""

from tidu.metrics.calibration import calibration_curve as calibration_curve
from tidu.metrics.calibration import wilson as wilson
from tidu.metrics.disagreement import disagreement as disagreement
from tidu.metrics.frechet import fit_gaussian as fit_gaussian
from tidu.metrics.frechet import frechet_distance as frechet_distance
from tidu.metrics.frechet import gaussian_distance as gaussian_distance
from tidu.metrics.modes import good_share as good_share
from tidu.metrics.modes import mode_counts as mode_counts
from tidu.metrics.modes import modes_covered as modes_covered
from tidu.metrics.modes import nearest_mode as nearest_mode
from tidu.metrics.nested_models import FTest as FTest
from tidu.metrics.nested_models import f_test as f_test
from tidu.metrics.regression import mean_squared_error as mean_squared_error
from tidu.metrics.regression import r_squared as r_squared
from tidu.metrics.roc import area_under_curve as area_under_curve
from tidu.metrics.roc import roc_curve as roc_curve
