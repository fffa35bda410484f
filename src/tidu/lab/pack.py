"""See :mod:`tidu.views.pack`."""

from tidu.views.pack import Pack as Pack
from tidu.views.pack import one_message as one_message
from tidu.views.pack import plain as plain
