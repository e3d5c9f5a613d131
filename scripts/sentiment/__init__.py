"""Training of the sentiment model: sources, spoken style, fitting, export, figures.

Nothing in the installed package imports this folder. It needs the ``train``
extra (torch, transformers, onnx). ``scripts/train_sentiment`` runs it.
"""
