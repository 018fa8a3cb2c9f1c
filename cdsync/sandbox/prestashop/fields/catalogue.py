"""Fields of products, combinations, stock and prices, in the notation of `schema.py`; data only.

Source: recorded schemas of PrestaShop 9.1.4 and 8.2.1; resources never recorded, from the core's classes.
"""

FIELDS = """
= products product
id_manufacturer int isUnsignedId >manufacturers
id_supplier int isUnsignedId >suppliers
id_category_default int isUnsignedId >categories
new str
cache_default_attribute int
id_default_image int dyn >images/products
id_default_combination int dyn >combinations
id_tax_rules_group int isUnsignedId >tax_rule_groups
position_in_category int dyn
manufacturer_name str ro dyn
quantity int ro dyn
type str dyn
id_shop_default int isUnsignedId
reference str isReference max=64
supplier_reference str isReference max=64
location str isString max=255
width dec6 isUnsignedFloat
height dec6 isUnsignedFloat
depth dec6 isUnsignedFloat
weight dec6 isUnsignedFloat
quantity_discount bool isBool
ean13 str isGtin max=14|13 was=isEan13
isbn str isIsbn max=32
upc str isUpc max=12
mpn str isMpn max=40
cache_is_pack bool isBool
cache_has_attachments bool isBool
is_virtual bool isBool
state int isUnsignedId
additional_delivery_times int isUnsignedId
delivery_in_stock str lang isGenericName max=255
delivery_out_stock str lang isGenericName max=255
product_type str since=8 isGenericName
on_sale bool isBool
online_only bool isBool
ecotax dec6 isPrice
minimal_quantity int isPositiveInt
low_stock_threshold int isInt
low_stock_alert bool isBool
price dec6 req isPrice
wholesale_price dec6 isPrice
unity str isString max=255|
unit_price dec6 isPrice
unit_price_ratio dec6
additional_shipping_cost dec6 isPrice
customizable int isUnsignedInt
text_fields int isUnsignedInt
uploadable_files int isUnsignedInt
active bool isBool
redirect_type str isString
id_type_redirected int isUnsignedId
available_for_order bool isBool
available_date date isDateFormat
show_condition bool isBool
condition str isGenericName
show_price bool isBool
indexed bool isBool
visibility str isProductVisibility
advanced_stock_management bool isBool
date_add datetime isDate
date_upd datetime isDate
pack_stock_type int isUnsignedInt
meta_description str lang isGenericName max=512
meta_title str lang isGenericName max=255
link_rewrite str lang isLinkRewrite max=128
name str lang isCatalogName max=128
description str lang isCleanHtml max=4194303
description_short str lang isCleanHtml max=4194303
available_now str lang isGenericName max=255
available_later str lang IsGenericName max=255
meta_keywords str until=8 lang isGenericName max=255
@ categories category api=categories: id!
@ images image api=images: id
@ combinations combination api=combinations: id!
@ product_option_values product_option_value api=product_option_values: id!
@ product_features product_feature api=product_features: id! id_feature_value>product_feature_values!
@ tags tag api=tags: id!
@ stock_availables stock_available api=stock_availables: id! id_product_attribute!
@ attachments attachment api=attachments: id!
@ accessories product api=products: id>products!
@ product_bundle product api=products: id! id_product_attribute quantity

= combinations combination
id_product int req isUnsignedId >products
ean13 str isEan13 max=13
isbn str isIsbn max=32
upc str isUpc max=12
mpn str isMpn max=40
reference str max=64
supplier_reference str max=64
wholesale_price dec6 isNegativePrice max=27
price dec6 isNegativePrice max=20
ecotax dec6 isPrice max=20
weight dec6 isFloat
unit_price_impact dec6 isNegativePrice max=20
minimal_quantity int req isPositiveInt
low_stock_threshold int isInt
low_stock_alert bool isBool
default_on bool isBool
available_date date isDateFormat
available_now str since=8 lang isGenericName max=255
available_later str since=8 lang IsGenericName max=255
@ product_option_values product_option_value api=product_option_values: id
@ images image api=images/products: id

= stock_availables stock_available
id_product int req isUnsignedId >products
id_product_attribute int req isUnsignedId >combinations
id_shop int isUnsignedId >shops
id_shop_group int isUnsignedId
quantity int req isInt
depends_on_stock bool req isBool
out_of_stock int req isInt
location str isString max=255

= cart_rules cart_rule
id_customer int isUnsignedId
date_from datetime req isDate
date_to datetime req isDate
description str isCleanHtml max=65534
quantity int isUnsignedInt
quantity_per_user int isUnsignedInt
priority int isUnsignedInt
partial_use bool isBool
code str isCleanHtml max=254
minimum_amount dec6 isFloat
minimum_amount_tax bool isBool
minimum_amount_currency int isInt
minimum_amount_shipping bool isBool
country_restriction bool isBool
carrier_restriction bool isBool
group_restriction bool isBool
cart_rule_restriction bool isBool
product_restriction bool isBool
shop_restriction bool isBool
free_shipping bool isBool
reduction_percent dec2 isPercentage
reduction_amount dec6 isFloat
reduction_tax bool isBool
reduction_currency int isUnsignedId
reduction_product int isInt
reduction_exclude_special bool isBool
gift_product int isUnsignedId
gift_product_attribute int isUnsignedId
highlight bool isBool
active bool isBool
name str lang req isCleanHtml max=254

= specific_prices specific_price
id_shop_group int isUnsignedId
id_shop int req isUnsignedId >shops
id_cart int req isUnsignedId >carts
id_product int req isUnsignedId >products
id_product_attribute int isUnsignedId >product_attributes
id_currency int req isUnsignedId
id_country int req isUnsignedId
id_group int req isUnsignedId
id_customer int req isUnsignedId >customers
id_specific_price_rule int isUnsignedId
price dec6 req isNegativePrice
from_quantity int req isUnsignedInt
reduction dec6 req isPrice
reduction_tax int req isBool
reduction_type str req isReductionType
from datetime req isDateFormat
to datetime req isDateFormat

= product_option_values product_option_value
id_attribute_group int req isUnsignedId >product_options
color str isColor max=32|
position int isInt
name str lang req isGenericName max=128

= product_options product_option
is_color_group bool isBool
group_type str req isGenericName
position int isInt
name str lang req isGenericName max=128
public_name str lang req isGenericName max=64

= product_suppliers product_supplier
id_product int req isUnsignedId >products
id_product_attribute int req isUnsignedId >combinations
id_supplier int req isUnsignedId >suppliers
id_currency int isUnsignedId >currencies
product_supplier_reference str isReference max=64
product_supplier_price_te dec6 isPrice

= suppliers supplier
active bool isBool
name str req isCatalogName max=64

= manufacturers manufacturer
active bool isBool
name str req isCatalogName max=64
"""
