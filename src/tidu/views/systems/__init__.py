"""The pictures of each system, one file an experiment: ``pictures(config, run)``."""
