"""PrestaShop's webservice: what is asked and answered, over HTTP. Knows nothing of orders."""
