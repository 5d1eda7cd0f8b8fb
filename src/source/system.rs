use std::fmt::Display;

/// What the system says of an error, without the number that the standard library adds: that tells an author nothing.
///
/// ```
/// let error = std::io::Error::from_raw_os_error(28);
/// assert_eq!(blog::source::system_says(&error), "No space left on device");
/// ```
pub fn system_says(error: &impl Display) -> String {
    let said = error.to_string();
    match said.split_once(" (os error ").and_then(|(before, rest)| Some((before, rest.split_once(')')?.1))) {
        Some((before, behind)) => format!("{before}{behind}"),
        None => said,
    }
}
