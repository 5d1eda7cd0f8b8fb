fn hidden() -> &'static str {
    "from the hidden part"
}

// ANCHOR: spin
fn spin() -> &'static str {
    hidden()
}
// ANCHOR_END: spin

fn main() {
    println!("{}", spin());
}
