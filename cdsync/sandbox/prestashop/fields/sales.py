"""Fields of orders and what hangs on them, in the notation of `schema.py`; data only.

Source: recorded schemas of PrestaShop 9.1.4 and 8.2.1; resources never recorded, from the core's classes.
"""

FIELDS = """
= orders order
id_address_delivery int req isUnsignedId >addresses
id_address_invoice int req isUnsignedId >addresses
id_cart int req isUnsignedId >carts
id_currency int req isUnsignedId >currencies
id_lang int req isUnsignedId >languages
id_customer int req isUnsignedId >customers
id_carrier int req isUnsignedId >carriers
current_state int isUnsignedId >order_states
module str req isModuleName max=255|
invoice_number int
invoice_date datetime
delivery_number int
delivery_date datetime
valid bool
date_add datetime isDate
date_upd datetime isDate
shipping_number str dyn
note str max=4194303
id_shop_group int isUnsignedId
id_shop int isUnsignedId
secure_key str isMd5 max=32|
payment str req isGenericName max=255|
recyclable bool isBool
gift bool isBool
gift_message str isCleanHtml max=4194303
mobile_theme bool isBool
total_discounts dec6 isPrice
total_discounts_tax_incl dec6 isPrice
total_discounts_tax_excl dec6 isPrice
total_paid dec6 req isPrice
total_paid_tax_incl dec6 isPrice
total_paid_tax_excl dec6 isPrice
total_paid_real dec6 req isPrice
total_products dec6 req isPrice
total_products_wt dec6 req isPrice
total_shipping dec6 isPrice
total_shipping_tax_incl dec6 isPrice
total_shipping_tax_excl dec6 isPrice
carrier_tax_rate dec3 isFloat
total_wrapping dec6 isPrice
total_wrapping_tax_incl dec6 isPrice
total_wrapping_tax_excl dec6 isPrice
round_mode int isUnsignedId
round_type int isUnsignedId
conversion_rate dec6 req isFloat
reference str max=255|
@ order_rows order_row virtual: id product_id>products! product_attribute_id! product_quantity!
  product_name- product_reference- product_ean13- product_isbn- product_upc- product_price-
  id_customization>customizations unit_price_tax_incl- unit_price_tax_excl-

= order_details order_detail
id_order int req isUnsignedId >orders
product_id int isUnsignedId >products
product_attribute_id int isUnsignedId >combinations
product_quantity_reinjected int isUnsignedInt
group_reduction dec2 isFloat
discount_quantity_applied int isInt
download_hash str isGenericName max=255|
download_deadline datetime isDateFormat
id_order_invoice int isUnsignedId
id_warehouse int req isUnsignedId
id_shop int req isUnsignedId
id_customization int isUnsignedId
product_name str req isGenericName max=4194303
product_quantity int req isInt
product_quantity_in_stock int isInt
product_quantity_return int isUnsignedInt
product_quantity_refunded int isUnsignedInt
product_price dec6 req isPrice
reduction_percent dec2 isFloat
reduction_amount dec6 isPrice
reduction_amount_tax_incl dec6 isPrice
reduction_amount_tax_excl dec6 isPrice
product_quantity_discount dec6 isFloat
product_ean13 str isEan13 max=13|
product_isbn str isIsbn max=32|
product_upc str isUpc max=12|
product_mpn str isMpn max=40|
product_reference str isReference max=64|
product_supplier_reference str isReference max=64|
product_weight dec6 isFloat
tax_computation_method int isUnsignedId
id_tax_rules_group int isInt
ecotax dec6 isFloat
ecotax_tax_rate dec3 isFloat
download_nb int isInt
unit_price_tax_incl dec6 isPrice
unit_price_tax_excl dec6 isPrice
total_price_tax_incl dec6 isPrice
total_price_tax_excl dec6 isPrice
total_shipping_price_tax_excl dec6 isPrice
total_shipping_price_tax_incl dec6 isPrice
purchase_supplier_price dec6 isPrice
original_product_price dec6 isPrice
original_wholesale_price dec6 isPrice
total_refunded_tax_excl dec6 isPrice
total_refunded_tax_incl dec6 isPrice
@ taxes tax api=taxes: id

= order_histories order_history
id_employee int isUnsignedId >employees
id_order_state int req isUnsignedId >order_states
id_order int req isUnsignedId >orders
date_add datetime isDate

= order_carriers order_carrier
id_order int req isUnsignedId >orders
id_carrier int req isUnsignedId >carriers
id_order_invoice int isUnsignedId
weight dec6 isFloat
shipping_cost_tax_excl dec6 isFloat
shipping_cost_tax_incl dec6 isFloat
tracking_number str isTrackingNumber max=64|
date_add datetime isDate

= order_payments order_payment
order_reference str max=255|9
id_currency int req isUnsignedId
amount dec6 req isPrice
payment_method str isGenericName max=255|
conversion_rate dec6 isFloat
transaction_id str max=254
card_number str max=254
card_brand str max=254
card_expiration str max=254
card_holder str max=254
date_add datetime isDate
id_employee str since=8 isUnsignedId

= order_invoices order_invoice
id_order int req isUnsignedId
number int req isUnsignedId
delivery_number int isUnsignedId
delivery_date datetime isDateFormat
total_discount_tax_excl dec6
total_discount_tax_incl dec6
total_paid_tax_excl dec6
total_paid_tax_incl dec6
total_products dec6
total_products_wt dec6
total_shipping_tax_excl dec6
total_shipping_tax_incl dec6
shipping_tax_computation_method int
total_wrapping_tax_excl dec6
total_wrapping_tax_incl dec6
shop_address str isCleanHtml max=4194303
note str max=4194303
date_add datetime isDate

= order_states order_state
unremovable bool isBool
delivery bool isBool
hidden bool isBool
send_email bool isBool
module_name str isModuleName max=255|
invoice bool isBool
color str isColor max=32|
logable bool isBool
shipped bool isBool
paid bool isBool
pdf_delivery bool isBool
pdf_invoice bool isBool
deleted bool isBool
name str lang req isGenericName max=64
template str lang isTplName max=64
"""
