"""A module where a package of migrations is expected."""
