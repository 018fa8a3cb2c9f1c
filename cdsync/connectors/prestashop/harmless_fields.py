"""The fields of PrestaShop's webservice that say nothing of who a customer is. All others are masked.

Of a customer and an address only record numbers, country and switches are shown. Source of the names: recorded
exchanges with PrestaShop 8.2.1 and 9.1.4 (every element and attribute in them was looked at).
"""

from __future__ import annotations

_HOLDERS = (
    "prestashop api associations errors error error.code error.message order orders order_rows order_row cart "
    "carts cart_rows cart_row customer customers address addresses order_carrier order_carriers order_detail "
    "order_details order_history order_histories order_invoice order_invoices order_payment order_payments "
    "order_state order_states product products combination combinations carrier carriers country countries "
    "currency currencies state states group groups shop shops language languages tax taxes tax_rule tax_rules "
    "tax_rule_group tax_rule_groups stock_available stock_availables specific_price specific_prices configuration "
    "configurations cart_rule cart_rules product_option_value product_option_values categories category images "
    "image description schema"
)
_NUMBERS = (
    "id id_address_delivery id_address_invoice id_carrier id_cart id_category_default id_country id_currency "
    "id_customer id_customization id_default_combination id_default_group id_employee id_group id_lang "
    "id_manufacturer id_order id_order_invoice id_order_state id_product id_product_attribute id_reference "
    "id_shop id_shop_default id_shop_group id_specific_price_rule id_state id_supplier id_tax id_tax_rules_group "
    "id_warehouse id_zone product_id product_attribute_id"
)
_ORDERS = (
    "current_state date_add date_upd invoice_number invoice_date delivery_number delivery_date valid payment "
    "module order.reference filter.reference order_payment.order_reference payment_method conversion_rate "
    "round_mode round_type shipping_number tracking_number gift recyclable mobile_theme delivery_option "
    "allow_seperated_package total_paid total_paid_real total_paid_tax_incl total_paid_tax_excl total_products "
    "total_products_wt total_shipping total_shipping_tax_incl total_shipping_tax_excl total_discounts "
    "total_discounts_tax_incl total_discounts_tax_excl total_wrapping total_wrapping_tax_incl "
    "total_wrapping_tax_excl total_discount_tax_incl total_discount_tax_excl carrier_tax_rate "
    "shipping_cost_tax_incl shipping_cost_tax_excl order_carrier.weight order_payment.amount order_invoice.number "
    "unit_price_tax_incl unit_price_tax_excl total_price_tax_incl total_price_tax_excl product_name "
    "product_quantity product_price product_reference product_ean13 product_upc product_isbn product_mpn "
    "product_weight product_quantity_in_stock tax_computation_method ecotax ecotax_tax_rate quantity"
)
_CATALOGUE = (
    "product.reference combination.reference supplier_reference ean13 upc isbn mpn price price_with_tax "
    "wholesale_price unit_price_impact minimal_quantity available_for_order visibility is_virtual product_type "
    "type cache_is_pack advanced_stock_management depends_on_stock out_of_stock weight width height depth active "
    "deleted position grade product.name carrier.name country.name order_state.name state.name group.name "
    "tax.name currency.name currency.names tax_rule_group.name shop.name configuration.name configuration.value "
    "product_option_value.name cart_rule.name cart_rule.code iso_code numeric_iso_code need_zip_code "
    "zip_code_format contains_states need_identification_number call_prefix rate behavior reduction "
    "reduction_percent reduction_amount reduction_tax reduction_type specific_price.from specific_price.to "
    "from_quantity price_display_method show_prices precision is_free is_module external_module_name "
    "shipping_handling shipping_external range_behavior shipping_method module_name paid shipped invoice logable "
    "delivery hidden send_email color prix_ht prix_ttc language_code locale is_guest max_weight max_width "
    "max_height max_depth"
)
_ATTRIBUTES = (
    "@id @get @put @post @patch @delete @head @api @nodeType @format @type @virtualEntity @notFilterable "
    "@required @maxSize @readOnly @read_only @shopName"
)
_QUERY = "display sort limit date output_format schema language use_tax id_shop id_group_shop"

HARMLESS_FIELDS = frozenset(" ".join((_HOLDERS, _NUMBERS, _ORDERS, _CATALOGUE, _ATTRIBUTES, _QUERY)).split())
