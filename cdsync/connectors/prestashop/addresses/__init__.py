"""Names, addresses, phones and e-mails made to PrestaShop's rules. Pure: asks nobody."""
