"""See :mod:`tidu.views.reference`."""

from tidu.views.reference import formula_of as formula_of
from tidu.views.reference import of_layer as of_layer
from tidu.views.reference import reference as reference
from tidu.views.reference import source_of as source_of
