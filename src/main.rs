//! The command line of polder; see the library.

fn main() -> std::process::ExitCode {
    polder::cli::main()
}
