"""The commands of `onggi archive`, a file for each subject; `group` has which file has which."""
