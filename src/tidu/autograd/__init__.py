"""Reverse-mode differentiation on NumPy, small enough to be read in one sitting.

Read in this order: ``value`` (an array that remembers how it was made), ``record`` (what an
operation leaves behind), ``arithmetic`` and ``functions`` (the derivatives everybody knows),
``backward`` (the chain rule); then ``shapes``, ``reductions``, ``matmul``, ``indexing``,
``windows``; then what is built from these and needs no derivative of its own: ``convolution``,
``cross_entropy``, ``mlp``; ``sgd``, to learn with it, and ``graph``, to look at it. Nothing here
knows PyTorch.
"""

from tidu.autograd.backward import grad as grad
from tidu.autograd.backward import gradients as gradients
from tidu.autograd.convolution import conv2d as conv2d
from tidu.autograd.convolution import max_pool2d as max_pool2d
from tidu.autograd.cross_entropy import cross_entropy as cross_entropy
from tidu.autograd.cross_entropy import log_softmax as log_softmax
from tidu.autograd.cross_entropy import softmax as softmax
from tidu.autograd.graph import Node as Node
from tidu.autograd.graph import graph as graph
from tidu.autograd.matmul import matmul as matmul
from tidu.autograd.mlp import MLP as MLP
from tidu.autograd.sgd import SGD as SGD
from tidu.autograd.value import Value as Value
