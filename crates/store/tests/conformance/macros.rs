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
