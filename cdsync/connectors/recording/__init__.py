"""What is kept of requests and answers: the exchange, with everything masked that is not known to be harmless."""
