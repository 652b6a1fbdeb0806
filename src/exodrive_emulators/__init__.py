"""Stand-ins for PayPal and Resend as real HTTP servers, for the demo and the tests. Never used in production."""
