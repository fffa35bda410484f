"""Compression of any ``nn.Module``: the same answers from fewer weights, and from fewer neurons."""

from __future__ import annotations

from tidu.compress.copies import copies_in as copies_in
from tidu.compress.copies import cut_weights as cut_weights
from tidu.compress.copies import single as single
from tidu.compress.copies import without_weakest_neurons as without_weakest_neurons
from tidu.compress.course import Course as Course
from tidu.compress.magnitude import magnitude_masks as magnitude_masks
from tidu.compress.masks import Masks as Masks
from tidu.compress.masks import prunable as prunable
from tidu.compress.neurons import neuron_scores as neuron_scores
from tidu.compress.neurons import remove_neurons as remove_neurons
from tidu.compress.neurons import silence_neurons as silence_neurons
from tidu.compress.neurons import strongest_neurons as strongest_neurons
from tidu.compress.neurons import weight_layers as weight_layers
from tidu.compress.size import count_parameters as count_parameters
from tidu.compress.size import count_parameters_left as count_parameters_left
from tidu.compress.size import count_weights_left as count_weights_left
from tidu.compress.size import latency as latency
from tidu.compress.size import speed_up as speed_up
from tidu.compress.size import stored_bytes as stored_bytes
from tidu.compress.widths import widths_of_size as widths_of_size
