"""Fields of customers, addresses, carts and messages, in the notation of `schema.py`; data only.

Source: recorded schemas of PrestaShop 9.1.4 and 8.2.1; resources never recorded, from the core's classes.
"""

FIELDS = """
= customers customer
id_default_group int >groups
id_lang int isUnsignedId >languages
newsletter_date_add datetime
ip_registration_newsletter str max=15|
last_passwd_gen datetime ro9
secure_key str isMd5 max=32| ro9
deleted bool isBool
passwd str req isHashedPassword max=255
lastname str req isCustomerName max=255
firstname str req isCustomerName max=255
email str req isEmail max=255
id_gender int isUnsignedId
birthday date isBirthDate
newsletter bool isBool
optin bool isBool
website str isUrl max=128|
company str isGenericName max=255|
siret str isGenericName max=14|
ape str isApe max=6|
outstanding_allow_amount dec6 isFloat
show_public_prices bool isBool
id_risk int isUnsignedInt
max_payment_days int isUnsignedInt
active bool isBool
note str max=4194303
is_guest bool isBool
id_shop int isUnsignedId
id_shop_group int isUnsignedId
date_add datetime isDate
date_upd datetime isDate
reset_password_token str isSha1 max=40
reset_password_validity datetime isDateOrNull
@ groups group api=groups: id

= addresses address
id_customer int isNullOrUnsignedId >customers
id_manufacturer int isNullOrUnsignedId >manufacturers
id_supplier int isNullOrUnsignedId >suppliers
id_country int req isUnsignedId >countries
id_state int isNullOrUnsignedId >states
id_warehouse int isNullOrUnsignedId
alias str req isGenericName max=32
company str isGenericName max=255
lastname str req isName max=255
firstname str req isName max=255
vat_number str isGenericName max=32|
address1 str req isAddress max=128
address2 str isAddress max=128
postcode str isPostCode max=12
city str req isCityName max=64
other str isMessage max=4194303
phone str isPhoneNumber max=32
phone_mobile str isPhoneNumber max=32
dni str isDniLite max=16
deleted bool isBool
date_add datetime isDate
date_upd datetime isDate

= carts cart
id_address_delivery int isUnsignedId >addresses
id_address_invoice int isUnsignedId >addresses
id_currency int req isUnsignedId >currencies
id_customer int isUnsignedId >customers
id_guest int isUnsignedId >guests
id_lang int req isUnsignedId >languages
id_shop_group int isUnsignedId
id_shop int isUnsignedId
id_carrier int isUnsignedId
recyclable bool isBool
gift bool isBool
gift_message str isCleanHtml max=4194303
mobile_theme bool isBool
delivery_option str max=4194303
secure_key str max=32
allow_seperated_package bool isBool
date_add datetime isDate
date_upd datetime isDate
@ cart_rows cart_row virtual: id_product>products! id_product_attribute>combinations!
  id_address_delivery>addresses! id_customization>customizations quantity!

= messages message
id_cart int isUnsignedId >carts
id_order int isUnsignedId >orders
id_customer int isUnsignedId >customers
id_employee int isUnsignedId
message str req isCleanHtml max=4194303
private bool isBool
date_add datetime isDate

= customer_threads customer_thread
id_lang int req isUnsignedId >languages
id_shop int isUnsignedId >shops
id_customer int isUnsignedId >customers
id_order int isUnsignedId >orders
id_product int isUnsignedId
id_contact int req isUnsignedId
email str isEmail max=255
token str req isGenericName max=12|
status str
date_add datetime isDate
date_upd datetime isDate
@ customer_messages customer_message api=customer_messages: id

= customer_messages customer_message
id_employee int isUnsignedId
id_product int since=9 isUnsignedId
id_customer_thread int >customer_threads
ip_address str isIp2Long max=16|15
message str req isCleanHtml max=4194303
file_name str max=18|
user_agent str max=255|
private bool isBool
date_add datetime isDate
date_upd datetime isDate
read bool isBool

= guests guest
id_customer int isUnsignedId >customers
accept_language str isGenericName max=8
"""
