"""Pictures as tensors: augmentation of whole batches, and photographs made ready for a network."""

from __future__ import annotations

from tidu.vision.affine import affine_matrices as affine_matrices
from tidu.vision.affine import random_affine as random_affine
from tidu.vision.affine import warp_affine as warp_affine
from tidu.vision.contact_sheet import contact_sheet as contact_sheet
from tidu.vision.contact_sheet import png as png
from tidu.vision.contact_sheet import write_png as write_png
from tidu.vision.elastic import elastic_displacement as elastic_displacement
from tidu.vision.elastic import random_elastic as random_elastic
from tidu.vision.elastic import warp_displacement as warp_displacement
from tidu.vision.flip import random_flip as random_flip
from tidu.vision.grey import grey_images as grey_images
from tidu.vision.grey import grey_pixels as grey_pixels
from tidu.vision.noise import random_noise as random_noise
from tidu.vision.photo import fit_to_square as fit_to_square
from tidu.vision.photo import read_photo as read_photo
from tidu.vision.ranking import ranking as ranking
from tidu.vision.rotation import rotate as rotate
from tidu.vision.rotation import rotate_one as rotate_one
from tidu.vision.shift import random_shift as random_shift
from tidu.vision.shift import shift as shift
from tidu.vision.shift import shift_one as shift_one
from tidu.vision.warp import Warp as Warp
