//! Unified social credit codes 统一社会信用代码 (GB 32100-2015), with the organisation code
//! (GB 11714) inside.
//!
//! **Invariant:** a [`Uscc`] has 18 characters of the alphabet and both check characters right.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Values 0 to 30; I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Weights of the organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Where the organisation code stands: eight characters and its check character.
const BODY: std::ops::Range<usize> = 8..16;
const DIVISION: std::ops::Range<usize> = 2..8;

/// A checked credit code, in capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; 18]);

/// A text that is no credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUscc {
    /// It has not 18 characters.
    #[error("a credit code has 18 characters, not {found}")]
    Length {
        /// How many stood there.
        found: usize,
    },
    /// A character that may not stand at its place (counted from 1).
    #[error("{found:?} at place {place}: allowed is {}", allowed(*digit))]
    Character {
        /// The character.
        found: char,
        /// Its place, from 1.
        place: usize,
        /// Whether only a digit may stand there.
        digit: bool,
    },
    /// The last character is not the one that follows from the others.
    #[error("the last character is {found}, from the others follows {expected}")]
    Check {
        /// What stood there.
        found: char,
        /// What follows from the others.
        expected: char,
    },
    /// The 17th character does not fit the organisation code before it.
    #[error("the 17th character is {found}, from the organisation code follows {expected}")]
    OrganisationCheck {
        /// What stood there.
        found: char,
        /// What follows from the organisation code.
        expected: char,
    },
}

impl BadUscc {
    /// What is wrong, for the person who typed it.
    pub fn in_words(&self) -> String {
        match self {
            Self::Length { found } => {
                format!("统一社会信用代码应为{}位，现为{found}位", Uscc::LENGTH)
            }
            Self::Character {
                found,
                place,
                digit: true,
            } => {
                format!("第{place}位“{found}”应为数字（行政区划）")
            }
            Self::Character {
                found,
                place,
                digit: false,
            } => {
                format!("第{place}位不能是“{found}”，只用数字和大写字母（不含I、O、S、V、Z）")
            }
            Self::Check { found, expected } => {
                format!("末位校验码为{found}，按前17位应为{expected}，请逐位核对")
            }
            Self::OrganisationCheck { found, expected } => {
                format!("第17位为{found}，按组织机构代码应为{expected}，请逐位核对")
            }
        }
    }
}

impl Uscc {
    /// Number of characters.
    pub const LENGTH: usize = 18;

    /// Makes a code from its parts and computes both check characters: authority and category
    /// (`91`), division (six digits), organisation code without its check character.
    pub fn from_parts(category: &str, division: &str, body: &str) -> Result<Self, BadUscc> {
        let text = [category, division, body].concat();
        let characters: Vec<char> = text.chars().collect();
        let parts = [category, division, body].map(|part| part.chars().count());
        if parts != [2, 6, 8] {
            return Err(BadUscc::Length {
                found: characters.len() + 2,
            });
        }
        let mut bytes = [0; 18];
        for (at, (slot, found)) in bytes.iter_mut().zip(&characters).enumerate() {
            *slot = checked(*found, at)?;
        }
        bytes[16] = organisation_check(&bytes);
        bytes[17] = check(&bytes);
        Ok(Self(bytes))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // All bytes come from the alphabet, which is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The six digits of the registering authority's division.
    pub fn division(&self) -> &str {
        self.as_str().get(DIVISION).unwrap_or_default()
    }
}

impl FromStr for Uscc {
    type Err = BadUscc;
    /// Small letters are taken for capitals; blanks around the code are passed over.
    fn from_str(text: &str) -> Result<Self, BadUscc> {
        let characters: Vec<char> = text.trim().chars().collect();
        let mut bytes = [0; 18];
        if characters.len() != bytes.len() {
            return Err(BadUscc::Length {
                found: characters.len(),
            });
        }
        for (at, (slot, found)) in bytes.iter_mut().zip(&characters).enumerate() {
            *slot = checked(*found, at)?;
        }
        let (found, expected) = (char::from(bytes[17]), char::from(check(&bytes)));
        if found != expected {
            return Err(BadUscc::Check { found, expected });
        }
        let (found, expected) = (
            char::from(bytes[16]),
            char::from(organisation_check(&bytes)),
        );
        if found != expected {
            return Err(BadUscc::OrganisationCheck { found, expected });
        }
        Ok(Self(bytes))
    }
}

fn allowed(digit: bool) -> &'static str {
    if digit {
        "0 to 9"
    } else {
        "0 to 9, A to Z without I, O, S, V, Z"
    }
}

fn checked(found: char, at: usize) -> Result<u8, BadUscc> {
    let upper = found.to_ascii_uppercase();
    let digit = DIVISION.contains(&at);
    let byte = u8::try_from(upper)
        .ok()
        .filter(|byte| ALPHABET.contains(byte));
    byte.filter(|byte| !digit || byte.is_ascii_digit())
        .ok_or(BadUscc::Character {
            found,
            place: at + 1,
            digit,
        })
}

/// The 18th character, from the first seventeen.
fn check(bytes: &[u8; 18]) -> u8 {
    let sum: u32 = bytes
        .iter()
        .zip(WEIGHTS)
        .map(|(byte, weight)| value(*byte) * weight)
        .sum();
    let rest = usize::try_from((31 - sum % 31) % 31).unwrap_or_default();
    ALPHABET.get(rest).copied().unwrap_or(b'0')
}

/// Place of a character in the alphabet.
fn value(byte: u8) -> u32 {
    ALPHABET
        .iter()
        .zip(0..)
        .find(|(known, _)| **known == byte)
        .map_or(0, |(_, value)| value)
}

/// The check character of the organisation code; its letters count from A = 10 to Z = 35.
fn organisation_check(bytes: &[u8; 18]) -> u8 {
    let body = bytes.get(BODY).unwrap_or_default();
    let weighed = body.iter().zip(ORGANISATION_WEIGHTS);
    let sum: u32 = weighed
        .map(|(byte, w)| char::from(*byte).to_digit(36).unwrap_or(0) * w)
        .sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        rest => u8::try_from(rest).map_or(b'0', |rest| b'0' + rest),
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Uscc {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Uscc {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &[&str] = &[
        "91350100M000100Y43",
        "914403001922038216",
        "9144030071526726XG",
        "91110000802100433B",
        "91330100716105852F",
        "91140522MA0TE5T08K",
        "91140525MA0TE5T08Y",
        "91141122MA0TE5T08B",
        "11140522012345671E",
    ];

    #[test]
    fn valid_codes_parse_and_print_back() {
        for text in VALID {
            assert_eq!(
                text.parse::<Uscc>().map(|code| code.to_string()).as_deref(),
                Ok(*text)
            );
        }
        let typed: Uscc = " 91140522ma0te5t08k ".parse().unwrap();
        assert_eq!(typed.as_str(), "91140522MA0TE5T08K");
        assert_eq!(typed.division(), "140522");
    }

    #[test]
    fn parts_give_the_whole_code() {
        for text in VALID {
            let code = Uscc::from_parts(&text[..2], &text[2..8], &text[8..16]).unwrap();
            assert_eq!(code.as_str(), *text);
        }
        let short = Uscc::from_parts("9", "1140522", "MA0TE5T0");
        assert_eq!(short, Err(BadUscc::Length { found: 18 }));
        let invented = Uscc::from_parts("91", "999021", "MA0TE5T0").unwrap();
        assert_eq!(invented.as_str().parse(), Ok(invented));
    }

    #[test]
    fn a_wrong_code_says_what_is_wrong() {
        let bad = |text: &str| text.parse::<Uscc>().unwrap_err();
        assert_eq!(bad("91350100M000100Y4"), BadUscc::Length { found: 17 });
        assert_eq!(
            bad("91110108MA00ABC123"),
            BadUscc::Check {
                found: '3',
                expected: 'J'
            }
        );
        assert_eq!(
            bad("91350100M000100Y44"),
            BadUscc::Check {
                found: '4',
                expected: '3'
            }
        );
        assert_eq!(
            bad("91350100M000I00Y43"),
            BadUscc::Character {
                found: 'I',
                place: 13,
                digit: false
            }
        );
        assert_eq!(
            bad("9135O100M000100Y43"),
            BadUscc::Character {
                found: 'O',
                place: 5,
                digit: true
            }
        );
        assert_eq!(
            bad("91３50100M000100Y43"),
            BadUscc::Character {
                found: '３',
                place: 3,
                digit: true
            }
        );
    }

    #[test]
    fn the_organisation_code_inside_is_checked_too() {
        // The 17th character is off by one, the last one was made to fit.
        let mut bytes = *b"91350100M000100Y40";
        bytes[16] = b'5';
        bytes[17] = check(&bytes);
        let text = std::str::from_utf8(&bytes).unwrap();
        let wrong = Err(BadUscc::OrganisationCheck {
            found: '5',
            expected: '4',
        });
        assert_eq!(text.parse::<Uscc>(), wrong);
    }
}
