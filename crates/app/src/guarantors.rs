//! Guarantors in a batch. They are clients and groups like those who hold accounts, often of another part, and are looked
//! up when it is decided: one who is gone by then is refused, whatever the door saw.

use std::borrow::Cow;

use loam_book::ids::{Key, Part};
use loam_book::loan::command::{LoanCommand, NewLoan};
use loam_book::loan::securities::{StatedGuarantee, StatedGuarantor};
use loam_book::loan::{Holder, HolderKind};
use loam_book::party::ClientState;

use crate::changes::guarantors;
use crate::groups::Held;
use crate::needs::need_holder;
use crate::ports::Need;
use crate::session::Session;

/// A command must see the guarantors whom it names.
pub(crate) fn need(command: &LoanCommand, need: &mut Need) {
    if let LoanCommand::SetGuarantees { guarantees } = command {
        need_guarantors(guarantees, need);
    }
}

/// The same of a loan that is to be opened.
pub(crate) fn need_of_new_loan(new: &NewLoan, need: &mut Need) {
    need_guarantors(new.figures.accompanying.guarantees.iter().flatten(), need);
}

fn need_guarantors<'a>(stated: impl IntoIterator<Item = &'a StatedGuarantee>, need: &mut Need) {
    for guarantor in stated.into_iter().filter_map(|stated| stated.guarantor) {
        guarantor.address().into_iter().for_each(|at| need_holder(at, guarantor.holder.kind, need));
    }
}

impl Session {
    /// The command with what the batch knows of the guarantors whom it names.
    pub(crate) fn with_guarantors<'a>(&self, command: &'a LoanCommand) -> Cow<'a, LoanCommand> {
        let LoanCommand::SetGuarantees { guarantees } = command else { return Cow::Borrowed(command) };
        Cow::Owned(LoanCommand::SetGuarantees { guarantees: self.looked_up(guarantees) })
    }

    /// The same of a loan that is to be opened.
    pub(crate) fn with_guarantors_of<'a>(&self, new: &'a NewLoan) -> Cow<'a, NewLoan> {
        let Some(stated) = &new.figures.accompanying.guarantees else { return Cow::Borrowed(new) };
        let mut looked_up = new.clone();
        looked_up.figures.accompanying.guarantees = Some(self.looked_up(stated));
        Cow::Owned(looked_up)
    }

    fn looked_up(&self, stated: &[StatedGuarantee]) -> Vec<StatedGuarantee> {
        let of = |stated: &StatedGuarantee| StatedGuarantee {
            guarantor: stated.guarantor.map(|guarantor| self.found(guarantor)),
            ..stated.clone()
        };
        stated.iter().map(of).collect()
    }

    /// A group has no state in which it could not guarantee.
    fn found(&self, guarantor: StatedGuarantor) -> StatedGuarantor {
        let (state, role) = match guarantor.address().and_then(|at| self.holder(at, guarantor.holder.kind)) {
            Some(Held::Client(client)) => (Some(client.state), client.role),
            Some(Held::Group(group)) => (Some(ClientState::Inactive), group.role),
            None => (None, None),
        };
        StatedGuarantor { state, role, ..guarantor }
    }

    /// Whether a client or group guarantees a loan, as this batch leaves it.
    pub(crate) fn guarantees_loans(&self, holder: Key) -> bool {
        self.loans.values().any(|(loan, _)| guarantors(loan).iter().any(|guarantor| guarantor.key == holder))
    }

    /// Where a guarantor was found. Who was not looked up stood with a loan before, of which another takes the place: that
    /// row keeps the holder from being deleted.
    pub(crate) fn place_of(&self, holder: Holder) -> Option<Part> {
        let Holder { kind, key } = holder;
        match kind {
            HolderKind::Client => {
                let client = self.clients.get(&key).or_else(|| self.loaded.clients.get(&key));
                client.map(|client| client.part)
            }
            HolderKind::Group => {
                let group = self.groups.get(&key).or_else(|| self.loaded.groups.get(&key));
                group.map(|group| group.part)
            }
        }
    }
}
