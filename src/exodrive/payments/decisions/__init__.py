"""What a person decides where PayPal's answers do not settle an intent: kept with its reason, and acted on by the worker."""
