"""Host projects: different shops into which the package is installed without a change to their models."""
