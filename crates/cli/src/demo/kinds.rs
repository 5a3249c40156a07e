//! A product and a loan of every other kind: tranches, balloons, plans, tiers, an index, fees.

use loam_book::ids::{Key, Part};
use loam_book::index_rate::{IndexRate, IndexRateKind, IndexRateSource};
use loam_book::loan::command::{LoanFigures, StatedPayment, TrancheFigure};
use loam_book::product::charges::{
    ChargeRules, FeeAmortization, FeeCalculation, FeeTrigger, PenaltyMethod, PenaltyRules, ProductFee,
};
use loam_book::product::interest::{BalanceTier, InterestRules, RateSource, RateTerms};
use loam_book::product::payments::{Amortization, FuturePayments, PaymentRules, ScheduleEdit};
use loam_book::product::{Product, ProductType, Range};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::rate::Rate;
use loam_calc::schedule::Remainder;

use super::{Agreed, Demo, STORIES, Story};

/// A product, what its loan agrees on, and how that goes.
struct Kind {
    product: Product,
    figures: LoanFigures,
    story: Story,
}

const BORROWERS: [(&str, &str); 8] = [
    ("Maren", "Solberg"),
    ("Nikhil", "Rao"),
    ("Oksana", "Bondar"),
    ("Paulo", "Teixeira"),
    ("Qing", "Zhao"),
    ("Rosa", "Jimenez"),
    ("Samuel", "Boateng"),
    ("Tove", "Nyberg"),
];

impl Demo<'_> {
    /// A product of each kind and one loan of each, all of them after the others.
    pub(super) async fn loans_of_every_kind(&self, branch: Key) -> anyhow::Result<()> {
        let index = self.index().await?;
        let kinds = self.kinds(index);
        assert_eq!(kinds.len(), BORROWERS.len(), "each kind has a borrower");
        for (place, (kind, name)) in kinds.into_iter().zip(BORROWERS).enumerate() {
            let Kind { product, figures, story } = kind;
            let agreed = Agreed { id: None, product: product.key, figures };
            self.record(Record::Product(Box::new(product))).await?;
            let holder = self.client(branch, STORIES.len() + place + 1, name).await?;
            self.loan(holder, agreed, story).await?;
        }
        Ok(())
    }

    fn kinds(&self, index: Key) -> [Kind; 8] {
        let plain = |product, story| Kind { product, figures: LoanFigures::default(), story };
        let balloon = LoanFigures { periodic_payment: Some(self.stated(150)), ..LoanFigures::default() };
        let tranches = [3_000, 2_000].map(|units| TrancheFigure {
            key: None,
            amount: self.stated(units),
            expected_on: None,
        });
        let tranched = LoanFigures { tranches: Some(tranches.to_vec()), ..LoanFigures::default() };
        let planned = |(through, units)| StatedPayment { through, payment: self.stated(units) };
        let plan = LoanFigures {
            payment_plan: Some([(6, 500), (12, 400)].map(planned).to_vec()),
            ..LoanFigures::default()
        };
        let spread =
            LoanFigures { interest_spread: Some(StatedPercent("4".to_owned())), ..LoanFigures::default() };
        [
            plain(self.dynamic(), Story::OnTime),
            Kind { figures: tranched, ..plain(self.tranched(), Story::OnTime) },
            plain(self.interest_free(), Story::OnTime),
            Kind { figures: balloon, ..plain(self.balloon(), Story::OnTime) },
            Kind { figures: plan, ..plain(self.plan(), Story::OnTime) },
            plain(self.tiered(), Story::OnTime),
            Kind { figures: spread, ..plain(self.indexed(index), Story::Applied) },
            plain(self.with_charges(), Story::InArrears),
        ]
    }

    /// Equal installments by months of thirty days.
    fn equal(&self, id: &str, name: &str, description: &str) -> Product {
        Product {
            key: self.new_key(),
            id: id.into(),
            name: name.into(),
            description: Some(description.into()),
            day_count: DayCount::ThirtyE360,
            days_method: DaysMethod::RepaymentPeriodicity,
            remainder: Remainder::Last,
            ..self.personal()
        }
    }

    fn dynamic(&self) -> Product {
        let payment_rules = PaymentRules {
            future_payments: FuturePayments::AcceptOverpayments,
            allows_redraw: true,
            ..PaymentRules::default()
        };
        Product {
            product_type: ProductType::DynamicTermLoan,
            payment_rules,
            ..self.equal("DYNA", "Dynamic Loan", "Interest follows what is outstanding")
        }
    }

    fn tranched(&self) -> Product {
        Product {
            product_type: ProductType::TranchedLoan,
            max_tranches: Some(4),
            ..self.equal("TRAN", "Building Loan", "Paid out in tranches")
        }
    }

    fn interest_free(&self) -> Product {
        Product {
            product_type: ProductType::InterestFreeLoan,
            interest_rate: Range::OPEN,
            ..self.equal("FREE", "Interest Free Loan", "Nothing but the principal")
        }
    }

    fn balloon(&self) -> Product {
        Product {
            amortization: Amortization::BalloonPayments,
            payment_rules: PaymentRules {
                schedule_edits: vec![
                    ScheduleEdit::AdjustPaymentDates,
                    ScheduleEdit::AdjustPrincipalPaymentSchedule,
                ],
                ..PaymentRules::default()
            },
            ..self.equal("BALL", "Balloon Loan", "An agreed payment, and the rest at the end")
        }
    }

    fn plan(&self) -> Product {
        Product {
            amortization: Amortization::PaymentPlan,
            interest_rate: Range { default: None, ..self.personal().interest_rate },
            ..self.equal("PLAN", "Payment Plan", "Agreed payments, from which the rate follows")
        }
    }

    fn tiered(&self) -> Product {
        let tier = |units: Option<i64>, rate| BalanceTier {
            ending_balance: units.map(|units| self.units(units)),
            rate: percent(rate),
        };
        let rate_terms = RateTerms::Tiered { tiers: vec![tier(Some(1_000), "18"), tier(None, "12")] };
        Product {
            interest_rate: Range::OPEN,
            interest_rules: InterestRules { rate_terms, ..InterestRules::default() },
            ..self.equal("TIER", "Tiered Loan", "The part beyond a thousand is cheaper")
        }
    }

    fn indexed(&self, source: Key) -> Product {
        let source = RateSource::Index {
            source,
            review_count: 3,
            review_unit: PeriodUnit::Months,
            floor: Some(percent("2")),
            ceiling: Some(percent("20")),
            spread: Range { min: Some(percent("1")), default: Some(percent("3")), max: Some(percent("9")) },
        };
        Product {
            interest_rate: Range::OPEN,
            interest_rules: InterestRules { source, ..InterestRules::default() },
            ..self.equal("INDX", "Indexed Loan", "The rate is an index and a spread")
        }
    }

    fn with_charges(&self) -> Product {
        let fee = |name: &str, trigger, units| ProductFee {
            key: self.new_key(),
            name: name.into(),
            trigger,
            calculation: FeeCalculation::Flat,
            amount: Some(self.units(units)),
            percentage: None,
            is_required: true,
            is_active: true,
            amortization: FeeAmortization::None,
        };
        let penalty = PenaltyRules {
            method: PenaltyMethod::OverdueBalance,
            rate: Range { min: None, default: Some(percent("0.05")), max: Some(percent("1")) },
            ..PenaltyRules::default()
        };
        let fees = vec![
            fee("Processing fee", FeeTrigger::Disbursement, 25),
            fee("Late fee", FeeTrigger::LateRepayment, 5),
        ];
        Product {
            charges: ChargeRules { fees, penalty, ..ChargeRules::default() },
            ..self.equal("CHRG", "Loan with Charges", "Fees for paper and lateness, and a penalty by the day")
        }
    }

    /// An index that has stood still since before the first demo loan.
    async fn index(&self) -> anyhow::Result<Key> {
        let key = self.new_key();
        let start_date = self.business_date.first_of_year();
        let start_date = start_date.yesterday().map_or(start_date, jiff::civil::Date::first_of_year);
        self.record(Record::IndexRateSource(IndexRateSource {
            key,
            id: "PRIME".into(),
            name: "Prime rate".into(),
            kind: IndexRateKind::InterestRate,
            notes: None,
            rates: vec![IndexRate { start_date, rate: percent("3.5"), notes: None }],
            created_at: self.at,
            last_modified_at: self.at,
        }))
        .await?;
        Ok(key)
    }

    fn new_key(&self) -> Key {
        self.book.desk.new_key(Part::new(0))
    }

    fn stated(&self, units: i64) -> StatedAmount {
        StatedAmount(self.units(units).to_fixed_text(self.currency))
    }
}

fn percent(text: &str) -> Rate {
    Rate::parse_percent(text).expect("a plain percentage")
}
