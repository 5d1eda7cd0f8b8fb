use std::fmt;

/// Names every code by what is wrong, and takes its page in.
macro_rules! codes {
    ($($code:ident $name:ident)*) => {
        /// A kind of mistake. It keeps its code for ever, however grave it is and however it is worded, and has a page that explains
        /// it: `content/docs/errors/E001.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", stringify!($code), "`")] $name,)*
        }

        impl Code {
            /// Each of them, in order.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The code itself: `E001`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$name => stringify!($code),)* }
            }

            /// Its page as it is written, with the front matter.
            fn file(self) -> &'static str {
                match self {
                    $(Code::$name => include_str!(concat!("../../content/docs/errors/", stringify!($code), ".md")),)*
                }
            }
        }
    };
}

codes! {
    // Files, settings.
    E001 NotUtf8
    E002 Unreadable
    E003 SymbolicLink
    E004 NotToml
    E005 NotYaml
    E006 YamlTooLarge
    E007 MergeKey
    E008 WrongType
    E009 UnusableValue
    E010 UnknownSetting
    E011 UnknownLanguageKey
    E012 LanguageLacksKey
    E013 LanguageNameTaken
    E014 ToolVersion

    // Posts and their front matter.
    E101 UnclosedFrontMatter
    E102 LongFrontMatter
    E103 UnknownKey
    E104 KeyTwice
    E105 NotADate
    E106 SeveralSeries
    E107 NotAnAddress
    E108 NotASlug
    E109 UnfilledPlaceholder

    // Markdown, links.
    E201 DeadLink
    E202 DeadAddress
    E203 DeadAnchor
    E204 HeadingAnchorTwice
    E205 FootnoteTwice
    E206 UnusedFootnote
    E207 Formula
    E208 TemplateCode
    E209 NoAlternativeText
    E210 UnusablePicture
    E211 OpenFence

    // Addresses, templates.
    E301 AddressTwice
    E302 FileAndFolder
    E303 AddressesInCase
    E304 TemplateSyntax
    E305 TemplateReference
    E306 TemplateFails
    E307 BlockedByPolicy

    // Cells, as they are written.
    E401 NotALanguageOfCells
    E402 UnknownWord
    E403 TwoVerbs
    E404 MisspeltVerb
    E405 CompilerCodeAlone
    E406 CellName
    E407 CellNameTwice
    E408 CellAnchorTaken
    E409 UnknownOption
    E410 LateOption
    E411 ForeignOption
    E412 CodeBesideFile
    E413 PartOfNoFile
    E414 UnreadableCode
    E415 NoSuchPart
    E416 UnreadableInputs
    E417 InputName
    E418 TooManyInputs
    E419 NoSuchCell
    E420 NotALib
    E421 Circle
    E422 OtherLanguage
    E423 BaselineOfNothing
    E424 TwoBaselines
    E425 DifferentMetrics
    E426 NoPackageManager
    E427 UnusableDependency
    E428 UnknownDependencyKey
    E429 OutsideDependency
    E430 ManifestFence
    E431 UnknownManifestKey
    E432 IdleOption

    // Cells, as they run.
    E501 NothingSelected
    E502 ToolMissing
    E503 CannotRun
    E504 DoesNotCompile
    E505 Compiles
    E506 OtherCompilerCode
    E507 EndsOtherwise
    E508 Killed
    E509 Misunderstood
    E510 NotShown
    E511 ResultMissing
    E512 ResultBroken
    E513 NotStored
    E514 NothingToCompare
    E515 ResultDiffers

    // Values, claims, charts.
    E601 ValueDiffers
    E602 ClaimFails
    E603 OutputDiffers
    E604 ClaimSyntax
    E605 UnknownFigure
    E606 Parameters
    E607 UnknownUnit
    E608 UnlikeUnits
    E609 NoUnit
    E610 TooLarge
    E611 DividedByZero
    E612 NotANumber
    E613 NotMeasured
    E614 NumberNotTold
    E615 TooFewRuns
    E616 ChartPlace
    E617 NoChart
}

impl Code {
    /// The code that is written so, in whatever case.
    pub fn parse(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(text))
    }

    /// What is wrong, in a few words.
    pub fn title(self) -> &'static str {
        let title = self.file().lines().find_map(|line| line.strip_prefix("title = \""));
        title.and_then(|title| title.split_once(": ")).map_or("", |(_, title)| title.trim_end_matches('"'))
    }

    /// The Markdown that explains it, with an example and what to do.
    pub fn page(self) -> &'static str {
        self.file().splitn(3, "+++\n").nth(2).unwrap_or_default().trim_start()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
