//! Threads with a stack that is large enough for draws in any build.
//!
//! Sixteen draws side by side are written to be inlined: in a build that does not optimise, every value between has room of its
//! own on the stack, and the two megabytes that a thread has by default run out.

use std::cell::Cell;

/// Bytes of stack, far more than any build was seen to take. Only what is touched becomes memory.
pub const STAPEL: usize = 64 << 20;

thread_local! {
    /// Whether this thread has that stack.
    static RUIM: Cell<bool> = const { Cell::new(false) };
}

/// Does work on as many threads as rayon's current pool has, each with [`STAPEL`]; on the current ones when they have it, or when
/// no threads can be made.
pub fn ruim<T: Send>(werk: impl FnOnce() -> T + Send) -> T {
    if RUIM.get() {
        return werk();
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(rayon::current_num_threads())
        .stack_size(STAPEL)
        .start_handler(|_| RUIM.set(true))
        .build();
    match pool {
        Ok(pool) => pool.install(werk),
        Err(_) => werk(),
    }
}
