"""The lab: systems that train while one looks, in the browser (``tidu lab``) or in a notebook.

Here stands the Python side. A :class:`~tidu.lab.bench.Bench` carries the real ``run(config, run)``
of an experiment out one step at a time and answers messages; a panel shows what one system does
and takes what a hand changes. The browser's side stands in ``tidu/views/browser`` and beside each
panel. Pages and notebooks speak to a bench with the same messages.
"""
