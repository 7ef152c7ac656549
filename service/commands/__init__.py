"""What each verb of the command line does; service.cli reads the options and calls in here."""
