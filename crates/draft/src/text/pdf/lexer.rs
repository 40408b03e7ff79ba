//! The words of a content stream: operands, operators, and inline images, which are passed over.
//!
//! It never fails: what it does not know it skips, for one bad word must not cost a page.

/// Most operands that are kept before an operator; the oldest give way.
const OPERANDS_MAX: usize = 64;
/// Deepest nesting of arrays that is followed.
const DEPTH_MAX: usize = 8;
/// Longest inline image that is passed over, in bytes.
const INLINE_BYTES_MAX: usize = 1 << 20;

/// An operand.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// A number.
    Number(f32),
    /// A string as its bytes.
    Text(Vec<u8>),
    /// A name without its stroke.
    Name(Vec<u8>),
    /// An array.
    Array(Vec<Operand>),
    /// A dictionary, as it is written.
    Dictionary(Vec<u8>),
}

/// A reader of a content stream.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

enum Word {
    Operand(Operand),
    Operator(Vec<u8>),
    Close,
}

impl<'a> Lexer<'a> {
    /// Reads from the beginning.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next operator, its operands put into the list.
    pub(super) fn next(&mut self, operands: &mut Vec<Operand>) -> Option<Vec<u8>> {
        operands.clear();
        loop {
            match self.word(0)? {
                Word::Operand(operand) => {
                    if operands.len() == OPERANDS_MAX {
                        operands.remove(0);
                    }
                    operands.push(operand);
                }
                Word::Operator(name) if name == b"BI" => {
                    self.pass_inline_image();
                    operands.clear();
                }
                Word::Operator(name) => return Some(name),
                Word::Close => {}
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn pass_blanks(&mut self) {
        while let Some(c) = self.peek() {
            if c == b'%' {
                while self.peek().is_some_and(|c| c != b'\n' && c != b'\r') {
                    self.at += 1;
                }
            } else if is_blank(c) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn word(&mut self, depth: usize) -> Option<Word> {
        self.pass_blanks();
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            b'(' => Word::Operand(Operand::Text(self.string())),
            b'<' if self.peek() == Some(b'<') => Word::Operand(self.dictionary()),
            b'<' => Word::Operand(Operand::Text(self.hex())),
            b'/' => Word::Operand(Operand::Name(self.regular(self.at))),
            b'[' => Word::Operand(Operand::Array(self.array(depth))),
            b']' | b'>' | b')' | b'{' | b'}' => Word::Close,
            _ => {
                let word = self.regular(self.at - 1);
                number(&word).map_or(Word::Operator(word), |n| Word::Operand(Operand::Number(n)))
            }
        })
    }

    /// What goes up to the next blank or delimiter.
    fn regular(&mut self, from: usize) -> Vec<u8> {
        while self
            .peek()
            .is_some_and(|c| !is_blank(c) && !b"()<>[]{}/%".contains(&c))
        {
            self.at += 1;
        }
        self.bytes.get(from..self.at).unwrap_or_default().to_vec()
    }

    fn array(&mut self, depth: usize) -> Vec<Operand> {
        let mut all = Vec::new();
        if depth >= DEPTH_MAX {
            return all;
        }
        loop {
            match self.word(depth + 1) {
                Some(Word::Operand(operand)) => all.push(operand),
                Some(Word::Operator(_)) => {}
                Some(Word::Close) | None => break,
            }
        }
        all
    }

    fn string(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut open = 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    out.extend(self.escaped());
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                break;
            }
            out.push(c);
        }
        out
    }

    fn escaped(&mut self) -> Option<u8> {
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return None,
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                return None;
            }
            b'0'..=b'7' => {
                let mut value = u32::from(c - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                u8::try_from(value & 0xFF).unwrap_or_default()
            }
            other => other,
        })
    }

    fn hex(&mut self) -> Vec<u8> {
        let mut digits = Vec::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if c == b'>' {
                break;
            }
            digits.extend(char::from(c).to_digit(16));
        }
        if digits.len() % 2 == 1 {
            digits.push(0);
        }
        digits
            .chunks(2)
            .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap_or_default())
            .collect()
    }

    fn dictionary(&mut self) -> Operand {
        let from = self.at + 1;
        let mut open = 1;
        self.at += 1;
        while let Some(c) = self.peek() {
            let pair = self.bytes.get(self.at..self.at + 2);
            if c == b'(' {
                self.at += 1;
                self.string();
            } else if pair == Some(b"<<") {
                open += 1;
                self.at += 2;
            } else if pair == Some(b">>") {
                open -= 1;
                self.at += 2;
                if open == 0 {
                    break;
                }
            } else {
                self.at += 1;
            }
        }
        let to = self.at.saturating_sub(2).max(from);
        Operand::Dictionary(self.bytes.get(from..to).unwrap_or_default().to_vec())
    }

    /// Goes behind the `EI` of an inline image, whose bytes are no words.
    fn pass_inline_image(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let rest = &rest[..rest.len().min(INLINE_BYTES_MAX)];
        let end = rest
            .windows(4)
            .position(|w| is_blank(w[0]) && &w[1..3] == b"EI" && is_blank(w[3]));
        self.at += end.map_or(rest.len(), |end| end + 3);
    }
}

fn is_blank(c: u8) -> bool {
    matches!(c, 0 | 9 | 10 | 12 | 13 | 32)
}

fn number(word: &[u8]) -> Option<f32> {
    if !word.first().is_some_and(|c| b"+-.0123456789".contains(c)) {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    // `--5` and `5-3` occur in files of careless programs.
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let plain = text.trim_start_matches(['+', '-']);
    let plain = plain.split('-').next().unwrap_or_default();
    let value: f32 = plain.parse().ok()?;
    value.is_finite().then_some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_and_bad_ones_skipped() {
        let mut lexer = Lexer::new(
            b"q [(a\\)\\101) -20.5 <4E2>] TJ % note\n/F1 --3 Tf BI /W 1 ID \x00(\xFF EI ) >> Q",
        );
        let mut operands = Vec::new();
        assert_eq!(lexer.next(&mut operands).as_deref(), Some(&b"q"[..]));
        assert_eq!(lexer.next(&mut operands).as_deref(), Some(&b"TJ"[..]));
        let wanted = Operand::Array(vec![
            Operand::Text(b"a)A".to_vec()),
            Operand::Number(-20.5),
            Operand::Text(vec![0x4E, 0x20]),
        ]);
        assert_eq!(operands, [wanted]);
        assert_eq!(lexer.next(&mut operands).as_deref(), Some(&b"Tf"[..]));
        assert_eq!(operands[1], Operand::Number(-3.0));
        assert_eq!(lexer.next(&mut operands).as_deref(), Some(&b"Q"[..]));
        assert_eq!(lexer.next(&mut operands), None);
    }
}
