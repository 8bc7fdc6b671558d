//! The transactions of the test users: a cycle of thirty days that repeats back to the start of the history.

pub(crate) struct Template {
    pub days_ago: i64,
    pub name: &'static str,
    pub amount: f64,
    /// Of the account.
    pub mask: &'static str,
    pub merchant: Option<&'static str>,
    pub channel: &'static str,
    pub category: (&'static str, &'static str),
}

pub(crate) const CYCLE_DAYS: i64 = 30;

const fn row(
    days_ago: i64,
    name: &'static str,
    amount: f64,
    mask: &'static str,
    merchant: Option<&'static str>,
    channel: &'static str,
    category: (&'static str, &'static str),
) -> Template {
    Template {
        days_ago,
        name,
        amount,
        mask,
        merchant,
        channel,
        category,
    }
}

const TAXI: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_TAXIS_AND_RIDE_SHARES");
const CARD: (&str, &str) = ("LOAN_PAYMENTS", "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT");
const WAGES: (&str, &str) = ("INCOME", "INCOME_WAGES");
const SAVINGS: (&str, &str) = ("TRANSFER_IN", "TRANSFER_IN_DEPOSIT");
const GYM: (&str, &str) = ("PERSONAL_CARE", "PERSONAL_CARE_GYMS_AND_FITNESS_CENTERS");
const FLIGHTS: (&str, &str) = ("TRAVEL", "TRAVEL_FLIGHTS");
const FAST_FOOD: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_FAST_FOOD");
const COFFEE: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_COFFEE");
const RESTAURANT: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_RESTAURANT");
const INTEREST: (&str, &str) = ("INCOME", "INCOME_INTEREST_EARNED");
const SPORT: (&str, &str) = ("GENERAL_MERCHANDISE", "GENERAL_MERCHANDISE_SPORTING_GOODS");

#[rustfmt::skip]
pub(crate) const CYCLE: &[Template] = &[
    row(0, "Uber 063015 SF**POOL**", 5.40, "0000", Some("Uber"), "online", TAXI),
    row(0, "CREDIT CARD 3333 PAYMENT *//", 25.0, "1111", None, "other", CARD),
    row(1, "ACH Electronic CreditGUSTO PAY 123456", 5850.0, "4444", None, "online", WAGES),
    row(1, "CD DEPOSIT .INITIAL.", 1000.0, "2222", None, "other", SAVINGS),
    row(2, "Touchstone Climbing", 78.5, "3333", Some("Touchstone Climbing"), "in store", GYM),
    row(2, "United Airlines", -500.0, "0000", Some("United Airlines"), "in store", FLIGHTS),
    row(3, "McDonald's", 12.0, "0000", Some("McDonald's"), "in store", FAST_FOOD),
    row(3, "Starbucks", 4.33, "0000", Some("Starbucks"), "in store", COFFEE),
    row(4, "SparkFun", 89.4, "0000", Some("SparkFun"), "in store", RESTAURANT),
    row(5, "INTRST PYMNT", -4.22, "1111", None, "other", INTEREST),
    row(15, "United Airlines", 500.0, "3333", Some("United Airlines"), "in store", FLIGHTS),
    row(17, "Uber 072515 SF**POOL**", 6.33, "0000", Some("Uber"), "online", TAXI),
    row(20, "Tectra Inc", 500.0, "3333", Some("Tectra"), "in store", RESTAURANT),
    row(21, "AUTOMATIC PAYMENT - THANK", 2078.5, "3333", None, "other", CARD),
    row(21, "KFC", 500.0, "3333", Some("KFC"), "in store", FAST_FOOD),
    row(21, "Madison Bicycle Shop", 500.0, "3333", Some("Madison Bicycle Shop"), "in store", SPORT),
];

/// What is pending at the bank of `user_transactions_dynamic`.
#[rustfmt::skip]
pub(crate) const DYNAMIC_PENDING: &[Template] = &[
    row(0, "Blue Bottle Coffee", 6.75, "0000", Some("Blue Bottle Coffee"), "in store", COFFEE),
    row(0, "Corner Bistro", 42.1, "3333", None, "in store", RESTAURANT),
    row(0, "Lyft", 17.25, "3333", Some("Lyft"), "online", TAXI),
    row(0, "City Gym", 55.0, "0000", None, "other", GYM),
];
