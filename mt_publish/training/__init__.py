"""Train and adapt MarianMT models: read and clean a corpus, learn a vocabulary, train, average, export.

Each step is a module and can be used alone; `mt_publish.training.recipe.train_model` strings them together. Importing
this package, or any module of it, loads neither torch nor transformers.
"""
