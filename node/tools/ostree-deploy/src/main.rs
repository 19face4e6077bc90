//! Deploys container images as ostree deployments: the command line of ostree-ext, which bootc and rpm-ostree do it with.
fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(ostree_ext::cli::run_from_iter(std::env::args_os()))
}
