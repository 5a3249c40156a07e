//! `lead`.

use loam_app::changes::LeadChange;

use super::pipeline::Writes;
use crate::rows::lead::LeadWrites;

/// Writes leads; those that are only named stay as they are where they are known.
pub(super) fn save_leads<'a>(writes: &mut Writes<'a>, changes: &'a [LeadChange]) {
    let LeadWrites { replacing, named } = LeadWrites::new(changes);
    let replace =
        "insert into lead (part, organization, lead_id, account_id, ssn_hash, email_hash, received_at,
                     purchased_at, underwritten_at)
                   select * from unnest(
                     $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                     $7::bigint[], $8::bigint[], $9::bigint[])
                   on conflict (part, organization, lead_id) do update
                      set account_id = excluded.account_id, ssn_hash = excluded.ssn_hash,
                          email_hash = excluded.email_hash, received_at = excluded.received_at,
                          purchased_at = excluded.purchased_at, underwritten_at = excluded.underwritten_at";
    writes.all(replace, replacing);
    let name = "insert into lead (part, organization, lead_id, account_id, ssn_hash, email_hash, received_at,
                  purchased_at, underwritten_at)
                select * from unnest(
                  $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                  $7::bigint[], $8::bigint[], $9::bigint[])
                on conflict (part, organization, lead_id) do nothing";
    writes.any(name, named);
}
