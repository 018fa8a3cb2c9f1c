"""Fields of the shop's places, carriers, taxes and settings, in the notation of `schema.py`; data only.

Source: recorded schemas of PrestaShop 9.1.4 and 8.2.1; resources never recorded, from the core's classes.

= deliveries delivery
id_carrier int req isUnsignedId >carriers
id_range_price int req isUnsignedId
id_range_weight int req isUnsignedId
id_zone int req isUnsignedId >zones
id_shop int
id_shop_group int
price dec6 req isPrice
"""

FIELDS = """
= carriers carrier
deleted bool isBool
is_module bool isBool
id_tax_rules_group int dyn >tax_rule_groups
id_reference int
name str req isCarrierName max=64
active bool req isBool
is_free bool isBool
url str isAbsoluteUrl max=255|
shipping_handling bool isBool
shipping_external bool
range_behavior bool isBool
shipping_method int isUnsignedInt
max_width int isUnsignedInt
max_height int isUnsignedInt
max_depth int isUnsignedInt
max_weight dec6 isFloat
grade int isUnsignedInt max=1
external_module_name str max=64
need_range bool
position int
delay str lang req isGenericName max=512

= countries country
id_zone int req isUnsignedId >zones
id_currency int isUnsignedId
call_prefix int isInt
iso_code str req isLanguageIsoCode max=3
active bool isBool
contains_states bool req isBool
need_identification_number bool req isBool
need_zip_code bool isBool
zip_code_format str isZipCodeFormat max=12|
display_tax_label bool req isBool
name str lang req isGenericName max=64

= states state
id_zone int req isUnsignedId >zones
id_country int req isUnsignedId >countries
iso_code str req isStateIsoCode max=7
name str req isGenericName max=80
active bool isBool

= zones zone
name str req isGenericName max=64
active bool isBool

= currencies currency
names str lang
name str req isGenericName max=255 dyn
symbol str lang max=255
iso_code str req isLanguageIsoCode max=3
numeric_iso_code str isNumericIsoCode max=3
precision int isInt
conversion_rate dec6 req isUnsignedFloat
deleted int isBool
active int isBool
unofficial int isBool
modified int isBool
pattern str lang max=255

= languages language
name str req isGenericName max=32
iso_code str req isLanguageIsoCode max=2
locale str isLocale max=5
language_code str isLanguageCode max=5
active int isBool
is_rtl int isBool
date_format_lite str req isPhpDateFormat max=32
date_format_full str req isPhpDateFormat max=32

= shops shop
id_shop_group int req >shop_groups
id_category int req
active int isBool
deleted int isBool
name str req isGenericName max=64
color str isColor max=50|
theme_name str isThemeName max=255|

= shop_groups shop_group
name str req isGenericName max=64
share_customer bool isBool
share_order bool isBool
share_stock bool isBool
active bool isBool
deleted bool isBool

= groups group
reduction dec2 isFloat
price_display_method int req isPriceDisplayMethod
show_prices bool isBool
date_add datetime isDate
date_upd datetime isDate
name str lang req isGenericName max=32

= taxes tax
rate dec3 req isFloat
active bool
deleted bool
name str lang req isGenericName max=32

= tax_rules tax_rule
id_tax_rules_group int req isUnsignedId >tax_rule_groups
id_state int isUnsignedId
id_country int req isUnsignedId >countries
zipcode_from str isPostCode max=12|
zipcode_to str isPostCode max=12|
id_tax int req isUnsignedId
behavior int isUnsignedInt
description str isString max=100|

= tax_rule_groups tax_rule_group
name str req isGenericName max=64
active bool isBool
deleted bool isBool
date_add datetime isDate
date_upd datetime isDate

= configurations configuration
value str max=4194303
name str req isConfigName max=254
id_shop_group str isUnsignedId >shop_groups
id_shop str isUnsignedId >shops
date_add datetime isDate
date_upd datetime isDate

= deliveries delivery
id_carrier int req isUnsignedId >carriers
id_range_price int req isUnsignedId
id_range_weight int req isUnsignedId
id_zone int req isUnsignedId >zones
id_shop int
id_shop_group int
price dec6 req isPrice
"""
