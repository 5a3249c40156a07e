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

/// Makes two tests of each function about several servers: on a PostgreSQL as it is, and on one whose tables are spread.
macro_rules! on_servers {
    ($($test:ident),* $(,)?) => {
        mod servers {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::places::Place::postgres().await).await;
            })*
            mod spread {
                $(#[tokio::test]
                async fn $test() {
                    super::super::$test(crate::places::Place::spread().await).await;
                })*
            }
        }
    };
}
