//! What a bound caller sees of what is kept with things: of records, and of lists of any things.

use loam_app::views::Within;
use loam_book::ids::Key;
use loam_book::loan::refusal::{AccessRefusal, Refusal};
use loam_book::paper::{Paper, Sheet};
use loam_book::rights::Branches;

use super::asked::Asked;
use super::error::DoorError;

impl Asked {
    /// The bounds of a list of papers or activities; none where the caller has none.
    pub(super) fn within(&self) -> Option<Within> {
        let actor = self.actor();
        let branches = match &actor.bounds.branches {
            Branches::All if !actor.only_own_clients => return None,
            Branches::All => Vec::new(),
            Branches::Only(own) => own.clone(),
        };
        let catalog = self.catalog();
        let keys = [
            catalog.branches.iter().map(|branch| branch.key).collect::<Vec<_>>(),
            catalog.centres.iter().map(|centre| centre.key).collect(),
            catalog.users.iter().map(|user| user.key).collect(),
            catalog.products.iter().map(|product| product.key).collect(),
            catalog.savings_products.iter().map(|product| product.key).collect(),
        ];
        let records = keys.concat().into_iter().filter(|key| self.reaches_record(*key)).collect();
        let users = catalog.users.iter().map(|user| user.key).filter(|key| self.reaches_user(*key));
        let users = users.chain([actor.user_key]).collect();
        let officer = actor.only_own_clients.then_some(actor.user_key);
        Some(Within { branches, officer, records, users })
    }

    /// Refuses what is kept with a branch, a centre or a user of another branch. Products belong to all.
    pub(super) fn require_record(&self, key: Key) -> Result<(), DoorError> {
        if self.reaches_record(key) { Ok(()) } else { Err(another_branch()) }
    }

    /// Refuses a task about nothing that neither the caller nor anybody of the caller's branches made or
    /// is to do.
    pub(super) fn require_loose(&self, paper: &Paper) -> Result<(), DoorError> {
        let Sheet::Task(task) = &paper.sheet else { return Ok(()) };
        let mut users = [paper.author, task.assignee].into_iter();
        if users.any(|user| self.reaches_user(user)) { Ok(()) } else { Err(another_branch()) }
    }

    fn reaches_record(&self, key: Key) -> bool {
        let (catalog, bounds) = (self.catalog(), &self.actor().bounds);
        if catalog.branches.by_key(key).is_some() {
            return bounds.contain(Some(key));
        }
        if let Some(centre) = catalog.centres.by_key(key) {
            return bounds.contain(Some(centre.branch));
        }
        catalog.users.by_key(key).is_none() || self.reaches_user(key)
    }

    /// The caller, and the users of the caller's branches.
    fn reaches_user(&self, key: Key) -> bool {
        let user = self.catalog().users.by_key(key);
        key == self.actor().user_key || user.is_some_and(|user| self.actor().bounds.contain(user.branch))
    }
}

fn another_branch() -> DoorError {
    Refusal::from(AccessRefusal::AnotherBranch).into()
}
