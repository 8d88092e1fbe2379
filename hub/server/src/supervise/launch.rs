// SPDX-License-Identifier: EUPL-1.2
//! How connectors are started: where their programs are, and the options that every one of them gets.

/// The words of a command with its options behind them, or before a `--`: what follows that belongs to another program.
pub(crate) fn with_options(command: &[String], options: &[(&str, String)]) -> Vec<String> {
    let at = command.iter().position(|word| word == "--").unwrap_or(command.len());
    let (own, others) = command.split_at(at);
    let options = options
        .iter()
        .flat_map(|(option, value)| [(*option).to_owned(), value.clone()]);
    own.iter()
        .cloned()
        .chain(options)
        .chain(["--supervised".to_owned()])
        .chain(others.iter().cloned())
        .collect()
}

/// A program called by its bare name: beside this program, or wherever `PATH` finds it.
pub(crate) fn beside(name: &str) -> String {
    let found = std::env::current_exe()
        .ok()
        .and_then(|own| own.parent().map(|folder| folder.join(name)))
        .filter(|path| !name.contains('/') && path.exists());
    found.map_or_else(|| name.to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_before_what_belongs_to_another_program() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let options = [("--name", "a".to_owned())];
        assert_eq!(
            with_options(&words("x y"), &options),
            words("x y --name a --supervised")
        );
        assert_eq!(
            with_options(&words("x y -- z --w"), &options),
            words("x y --name a --supervised -- z --w")
        );
    }
}
