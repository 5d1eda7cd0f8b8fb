//! Source code to HTML with short classes.
