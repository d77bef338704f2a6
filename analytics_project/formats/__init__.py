"""How pages write dates and numbers, by language: the place that FORMAT_MODULE_PATH names."""
