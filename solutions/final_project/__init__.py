"""The final project: from files of brokers and surveys to a calibrated classifier of transients."""
