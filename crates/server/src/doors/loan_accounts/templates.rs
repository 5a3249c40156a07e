//! Documents made from templates.

use std::sync::Arc;

use jiff::civil::Date;
use loam_app::views::{ClientView, Page};
use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::ids::{Address, Key};
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{HolderKind, Installment, Loan};
use loam_book::template::{Subject, Template, TemplateType};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::activity::full_name;
use super::translate::repayment::installments;

/// How many transactions are read at once, and how many a document can show.
const AT_ONCE: i64 = 1_000;
const MOST: usize = 20_000;

/// What a document is made of.
struct Materials {
    loan: Loan,
    client: Option<ClientView>,
    holder_id: String,
    holder_name: String,
    catalog: Arc<Catalog>,
    business_date: Date,
    schedule: Vec<Installment>,
    transactions: Vec<LoanTransaction>,
    transaction: Option<LoanTransaction>,
    start_date: Option<Date>,
    end_date: Option<Date>,
}

/// `GET /api/loans/{loan}/templates/{template}`: transactions from `startDate` to `endDate`, both
/// included; without them, all.
pub(super) async fn of_loan(At((id, template)): At<(String, String)>, asked: Asked) -> Answer {
    let loan = asked.loan(&id).await?;
    let template = find(&asked, &loan, &template, TemplateType::LoanAccount)?;
    let materials = materials(&asked, loan).await?;
    fill_in(template, materials).await
}

/// `GET /api/loans/{loan}/transactions/{transaction}/templates/{template}`: the transaction by its
/// number or its key.
pub(super) async fn of_transaction(
    At((id, transaction, template)): At<(String, String, String)>,
    asked: Asked,
) -> Answer {
    let loan = asked.loan(&id).await?;
    let template = find(&asked, &loan, &template, TemplateType::Transaction)?;
    let all = all_transactions(&asked, &loan).await?;
    let is_meant = |row: &&LoanTransaction| {
        transaction.parse() == Ok(row.id) || transaction.parse::<Key>() == Ok(row.key(&loan))
    };
    let unknown = || DoorError::not_found(ReturnCode::InvalidTransactionId);
    let found = all.iter().find(is_meant).cloned().ok_or_else(unknown)?;
    let materials = Materials { transaction: Some(found), ..materials(&asked, loan).await? };
    fill_in(template, materials).await
}

/// The template that the path names, if it is one for this.
fn find(asked: &Asked, loan: &Loan, id: &str, wanted: TemplateType) -> Result<Arc<Template>, DoorError> {
    let found = asked.catalog().templates.find(id).filter(|template| template.is_for(loan.terms.product));
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidTemplateId))?;
    if found.template_type != wanted {
        return Err(DoorError::new(ReturnCode::InvalidTemplateType));
    }
    Ok(Arc::clone(found))
}

async fn materials(asked: &Asked, loan: Loan) -> Result<Materials, DoorError> {
    let query = asked.query()?;
    let (start_date, end_date) = (query.date("startDate")?, query.date("endDate")?);
    if start_date.zip(end_date).is_some_and(|(start, end)| start > end) {
        return Err(DoorError::at(ReturnCode::StartDateAfterEndDate, "startDate"));
    }
    let mut transactions = all_transactions(asked, &loan).await?;
    transactions.retain(|row| {
        start_date.is_none_or(|start| row.value_date >= start)
            && end_date.is_none_or(|end| row.value_date <= end)
    });
    transactions.sort_by_key(|row| (row.value_date, row.id));
    let (client, (holder_id, holder_name)) = holder_of(asked, &loan).await?;
    Ok(Materials {
        holder_id,
        holder_name,
        client,
        catalog: Arc::clone(&asked.now.catalog),
        business_date: asked.business_date(),
        schedule: installments(&loan, asked.business_date(), asked.catalog()).into_owned(),
        transactions,
        transaction: None,
        start_date,
        end_date,
        loan,
    })
}

/// The client where one holds the loan; id and name of whoever does, as far as the caller may see them.
async fn holder_of(asked: &Asked, loan: &Loan) -> Result<(Option<ClientView>, (String, String)), DoorError> {
    let address = Address { part: loan.part, key: loan.holder.key };
    let store = asked.services.reading.store();
    match loan.holder.kind {
        HolderKind::Client => {
            asked.require(Permission::ViewClientDetails)?;
            let view = store.client(address).await?;
            let called = view.as_ref().map(|view| (view.client.id.clone(), full_name(&view.client.profile)));
            Ok((view, called.unwrap_or_default()))
        }
        HolderKind::Group => {
            asked.require(Permission::ViewGroupDetails)?;
            let view = store.group(address).await?;
            let called = view.map(|view| (view.group.id, view.group.contact.name));
            Ok((None, called.unwrap_or_default()))
        }
    }
}

async fn all_transactions(asked: &Asked, loan: &Loan) -> Result<Vec<LoanTransaction>, DoorError> {
    let mut all = Vec::new();
    let mut page = Page { offset: 0, limit: AT_ONCE };
    loop {
        let rows = asked.services.reading.store().transactions(loan.part, loan.account_no, page).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < AT_ONCE);
        all.extend(rows);
        if is_last {
            return Ok(all);
        }
        if all.len() > MOST {
            return Err(DoorError::new(ReturnCode::MaxFileSizeExceeded));
        }
        page.offset += AT_ONCE;
    }
}

/// Away from the threads that serve requests: a long document takes its time.
async fn fill_in(template: Arc<Template>, materials: Materials) -> Answer {
    let rendering = tokio::task::spawn_blocking(move || template.render(&materials.subject()));
    match rendering.await {
        Ok(Ok(document)) => reply::document(document),
        Ok(Err(error)) => {
            tracing::info!(%error, "a document was not made");
            Err(DoorError::new(ReturnCode::MaxFileSizeExceeded))
        }
        Err(error) => {
            tracing::error!(%error, "a document could not be made");
            Err(DoorError::new(ReturnCode::InternalError))
        }
    }
}

impl Materials {
    fn subject(&self) -> Subject<'_> {
        let client = self.client.as_ref().map(|view| &view.client);
        Subject {
            loan: &self.loan,
            client,
            holder_id: &self.holder_id,
            holder_name: &self.holder_name,
            catalog: &self.catalog,
            business_date: self.business_date,
            schedule: &self.schedule,
            transactions: &self.transactions,
            transaction: self.transaction.as_ref(),
            start_date: self.start_date,
            end_date: self.end_date,
        }
    }
}
