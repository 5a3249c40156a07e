//! What a product says about protections that borrowers pay for.

use loam_book::product::{ProtectRules, Rebates};
use loam_calc::rate::Rate;

use super::super::super::members::Members;
use super::super::super::wire;
use super::Result;

pub(super) fn read(members: &Members) -> Result<ProtectRules> {
    let is = |name: &str| -> Result<bool> { Ok(members.flag(name)?.unwrap_or(false)) };
    Ok(ProtectRules {
        maximum_installments: members.count("maximumInstallments")?,
        investor_share: members.figure("investorSharePercent", Rate::parse_percent)?.unwrap_or_default(),
        is_charged: !members.flag("partOfDisbursal")?.unwrap_or(true),
        rebates: Rebates {
            at_write_off: is("rebateAtWriteOff")?,
            at_refinance: is("rebateAtRefinance")?,
            at_payoff: is("rebateAtPayoff")?,
            ignores_waivers: is("ignoreWaiverForRebate")?,
        },
    })
}

pub(super) fn wire_of(rules: &ProtectRules) -> wire::ProductProtect {
    wire::ProductProtect {
        maximum_installments: rules.maximum_installments,
        investor_share_percent: rules.investor_share.to_percent_text(),
        part_of_disbursal: !rules.is_charged,
        rebate_at_write_off: rules.rebates.at_write_off,
        rebate_at_refinance: rules.rebates.at_refinance,
        rebate_at_payoff: rules.rebates.at_payoff,
        ignore_waiver_for_rebate: rules.rebates.ignores_waivers,
    }
}
