//! What makes one test into two.

/// Makes two tests of each function: one on either database.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::places::Place::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::places::Place::postgres().await).await;
            })*
        }
    };
}

/// Makes three tests of each function: also one on a PostgreSQL whose tables are spread by part.
macro_rules! on_both_and_spread {
    ($($test:ident),* $(,)?) => {
        on_both!($($test),*);
        mod spread {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::places::Place::spread().await).await;
            })*
        }
    };
}
