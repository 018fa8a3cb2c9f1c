"""The webservice: requests taken apart, lists, writes, answers in XML and JSON, refusals."""
