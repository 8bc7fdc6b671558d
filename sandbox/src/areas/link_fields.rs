//! What `/link/token/create` takes (<https://plaid.com/docs/api/link/#linktokencreate>). Objects of products that the
//! sandbox does not have are taken as they are.

use crate::fields::{
    Field,
    Kind::{Date, DateTime, Flag, Integer, List, NonEmptyList, Object, OneOf, Record, Text, TextUpTo, Url},
    nullable, optional, required,
};

const ANY: usize = usize::MAX;

#[rustfmt::skip]
pub(crate) const PRODUCTS: &[&str] = &[
    "assets", "auth", "balance", "balance_plus", "beacon", "identity", "identity_match", "investments",
    "investments_auth", "liabilities", "payment_initiation", "identity_verification", "transactions",
    "credit_details", "income", "income_verification", "standing_orders", "transfer", "employment",
    "recurring_transactions", "transactions_refresh", "signal", "statements", "processor_payments",
    "processor_identity", "profile", "cra_base_report", "cra_income_insights", "cra_partner_insights",
    "cra_network_insights", "cra_cashflow_insights", "cra_monitoring", "cra_lend_score",
    "cra_plaid_credit_score", "cra_qualify", "cra_home_lending", "layer", "pay_by_bank",
    "protect_linked_bank", "protect_transactions",
];

#[rustfmt::skip]
pub(crate) const COUNTRIES: &[&str] = &[
    "US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT", "LV", "PT", "BE",
    "AT", "FI",
];

#[rustfmt::skip]
const DEPOSITORY: &[&str] = &[
    "checking", "savings", "hsa", "cd", "money market", "paypal", "prepaid", "cash management", "ebt",
    "limited purpose checking", "all",
];

const ANY_SUBTYPES: &[Field] = &[required("account_subtypes", NonEmptyList(&Text))];

pub(crate) const CREATE: &[Field] = &[
    required("client_name", Text),
    required("language", Text),
    required("country_codes", NonEmptyList(&OneOf(COUNTRIES))),
    optional("user", Record(USER)),
    optional("user_id", Text),
    nullable("products", List(&OneOf(PRODUCTS))),
    nullable("required_if_supported_products", List(&OneOf(PRODUCTS))),
    nullable("optional_products", List(&OneOf(PRODUCTS))),
    nullable("additional_consented_products", List(&OneOf(PRODUCTS))),
    optional("webhook", Url),
    nullable("access_token", Text),
    optional("access_tokens", List(&Text)),
    optional("link_customization_name", TextUpTo(ANY)),
    nullable("appearance_mode", Text),
    optional("redirect_uri", TextUpTo(ANY)),
    optional("android_package_name", TextUpTo(ANY)),
    optional("institution_data", Record(&[optional("routing_number", Text)])),
    optional("card_switch", Object),
    optional("account_filters", Record(ACCOUNT_FILTERS)),
    optional("eu_config", Object),
    optional("institution_id", Text),
    optional("payment_configuration", Object),
    optional("payment_initiation", Object),
    optional("employment", Object),
    optional("income_verification", Object),
    optional("base_report", Object),
    optional("credit_partner_insights", Object),
    optional("cra_options", Object),
    optional("consumer_report_permissible_purpose", Text),
    optional("auth", Record(AUTH)),
    optional(
        "transfer",
        Record(&[
            optional("intent_id", Text),
            optional("authorization_id", Text),
            optional("payment_profile_token", Text),
        ]),
    ),
    optional("update", Record(UPDATE)),
    optional("identity_verification", Object),
    optional(
        "statements",
        Record(&[required("start_date", Date), required("end_date", Date)]),
    ),
    optional("third_party_user_token", Text),
    optional("investments", Object),
    optional("investments_auth", Object),
    optional("hosted_link", Record(HOSTED_LINK)),
    optional(
        "transactions",
        Record(&[optional("days_requested", Integer(1, 730))]),
    ),
    optional("cashflow_report", Object),
    optional("cra_enabled", Flag),
    optional("identity", Record(IDENTITY)),
    optional("financekit_supported", Flag),
    optional("enable_multi_item_link", Flag),
    optional("user_token", Text),
];

const USER: &[Field] = &[
    required("client_user_id", Text),
    optional("legal_name", TextUpTo(ANY)),
    optional(
        "name",
        Record(&[required("given_name", Text), required("family_name", Text)]),
    ),
    optional("phone_number", TextUpTo(ANY)),
    nullable("phone_number_verified_time", DateTime),
    optional("email_address", TextUpTo(ANY)),
    nullable("email_address_verified_time", DateTime),
    optional("ssn", TextUpTo(ANY)),
    nullable("date_of_birth", Date),
    optional(
        "address",
        Record(&[
            nullable("street", TextUpTo(ANY)),
            nullable("street2", TextUpTo(ANY)),
            nullable("city", TextUpTo(ANY)),
            nullable("region", TextUpTo(ANY)),
            nullable("postal_code", TextUpTo(ANY)),
            required("country", Text),
        ]),
    ),
    optional(
        "id_number",
        Record(&[required("value", Text), required("type", Text)]),
    ),
];

const ACCOUNT_FILTERS: &[Field] = &[
    optional(
        "depository",
        Record(&[
            required("account_subtypes", NonEmptyList(&OneOf(DEPOSITORY))),
            optional("limited_purpose_types", List(&Text)),
        ]),
    ),
    optional(
        "credit",
        Record(&[required(
            "account_subtypes",
            NonEmptyList(&OneOf(&["charge card", "credit card", "paypal", "all"])),
        )]),
    ),
    optional("loan", Record(ANY_SUBTYPES)),
    optional("investment", Record(ANY_SUBTYPES)),
    optional("other", Record(ANY_SUBTYPES)),
];

const AUTH: &[Field] = &[
    optional("auth_type_select_enabled", Flag),
    optional("automated_microdeposits_enabled", Flag),
    optional("instant_match_enabled", Flag),
    optional("same_day_microdeposits_enabled", Flag),
    optional("instant_microdeposits_enabled", Flag),
    optional("reroute_to_credentials", OneOf(&["OFF", "OPTIONAL", "FORCED"])),
    optional("sms_microdeposits_verification_enabled", Flag),
    optional("database_match_enabled", Flag),
    optional("database_insights_enabled", Flag),
    optional("flow_type", OneOf(&["FLEXIBLE_AUTH"])),
];

const UPDATE: &[Field] = &[
    optional("account_selection_enabled", Flag),
    optional("reauthorization_enabled", Flag),
    optional("user", Flag),
    nullable("item_ids", List(&Text)),
];

/// 21 days, the longest that a hosted session may last.
const MAX_HOSTED_LIFETIME: u64 = 21 * 24 * 60 * 60;

const HOSTED_LINK: &[Field] = &[
    optional("delivery_method", OneOf(&["sms", "email"])),
    optional("completion_redirect_uri", TextUpTo(ANY)),
    optional("url_lifetime_seconds", Integer(1, MAX_HOSTED_LIFETIME)),
    optional("is_mobile_app", Flag),
];

const IDENTITY: &[Field] = &[
    optional("is_document_upload", Flag),
    optional("account_ids", List(&Text)),
    optional("parsing_configs", List(&OneOf(&["ocr", "risk_signals"]))),
];
