//! Forms: what was posted, and fields as templates show them.
//!
//! **Invariant:** what was typed comes back. A form that is refused is shown again with every
//! value, each message beside its field and a summary at the top.

use app::FieldErrors;
use app::door::{is_of, scalar};
use serde_json::Value;

/// What is written in one line, in characters; what may be longer is asked for with several.
const LINE_MAX: u64 = 120;

/// Names and values of a form, in the order in which they were sent; a name may repeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Posted(pub Vec<(String, String)>);

impl Posted {
    /// The first value of a name, without blanks at its ends; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.trim())
    }

    /// The first value, or nothing where it is missing or blank.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name))
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    }

    /// All values of a name that are not blank.
    pub(crate) fn many(&self, name: &str) -> Vec<String> {
        let mine = self
            .0
            .iter()
            .filter(|(n, v)| n == name && !v.trim().is_empty());
        mine.map(|(_, v)| v.trim().to_owned()).collect()
    }

    /// The input of an operation as it was typed: each field of its schema from the field of that
    /// name, or from `place`, what the address says. What is blank is left out.
    pub(crate) fn input<T: serde::de::DeserializeOwned>(
        &self,
        operation: &str,
        place: &[(&str, String)],
    ) -> app::Result<T> {
        let unknown = || app::Error::Internal(format!("no operation {operation}").into());
        let operation = app::door::find(operation).ok_or_else(unknown)?;
        let mut input = serde_json::Map::new();
        let fields = operation.input()["properties"].as_object();
        for (name, field) in fields.into_iter().flatten() {
            let said = place.iter().find(|(said, _)| said == name);
            let value = match said {
                Some((_, text)) => Some(scalar(field, text.clone())),
                None => self.value(name, field),
            };
            if let Some(value) = value {
                input.insert(name.clone(), value);
            }
        }
        operation.checked(input.into())
    }

    /// What was typed into a field, as its schema says.
    fn value(&self, name: &str, field: &Value) -> Option<Value> {
        if is_of(field, "boolean") {
            return Some(self.has(name).into());
        }
        if is_of(field, "array") {
            let all = self.many(name).into_iter();
            let all: Vec<Value> = all.map(|text| scalar(&field["items"], text)).collect();
            return Some(all).filter(|all| !all.is_empty()).map(Value::from);
        }
        self.some(name).map(|text| scalar(field, text))
    }

    /// Whether a name was sent at all: a ticked box, the button that was pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// A value in another type; empty is `None`, nonsense is a message beside the field.
    pub(crate) fn read<T: std::str::FromStr>(
        &self,
        name: &str,
        message: &str,
        errors: &mut FieldErrors,
    ) -> Option<T> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            errors.add(name, message);
        }
        value
    }

    /// A value in another type that must be there.
    pub(crate) fn must<T: std::str::FromStr>(
        &self,
        name: &str,
        message: &str,
        errors: &mut FieldErrors,
    ) -> Option<T> {
        if self.text(name).is_empty() {
            errors.add(name, message);
            return None;
        }
        self.read(name, message, errors)
    }
}

/// One choice of a list, of chips or of radio buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// A sentence below it.
    pub note: String,
    /// It is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice that is not chosen yet.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            note: String::new(),
            chosen: false,
        }
    }

    /// Adds a sentence.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// What a field is filled in with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    Lines,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// One of a list that folds.
    Select,
    /// One of a few chips.
    Radio,
    /// Any of a few chips.
    Ticks,
    /// A body by its name, offered while typing.
    Finder,
}

/// A field as the template shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// Name and id.
    pub name: String,
    /// What it is filled in with.
    pub kind: FieldKind,
    /// Label.
    pub label: String,
    /// Value as typed.
    pub value: String,
    /// It was sent, be it empty: what was there before stays away.
    pub sent: bool,
    /// A sentence below it.
    pub hint: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Longest value in characters; 0 has no limit of its own.
    pub max: usize,
    /// What the browser may fill in.
    pub autocomplete: String,
    /// Messages.
    pub errors: Vec<String>,
    /// Ids of hint and messages, for those who listen.
    pub described: String,
    /// Choices.
    pub options: Vec<Choice>,
}

impl Field {
    /// A field with what was typed into it.
    pub(crate) fn new(name: &str, label: &str, posted: &Posted) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            value: posted.text(name).to_owned(),
            sent: posted.has(name),
            ..Self::default()
        }
    }

    /// A field of an operation's input: its label, whether it must be filled in and how long it may
    /// be are said there once, for the form, the API and the command line.
    pub(crate) fn of(operation: &str, name: &str, posted: &Posted) -> Self {
        let input = app::door::find(operation).map(app::door::Operation::input);
        let input = input.unwrap_or(&serde_json::Value::Null);
        let longest = input["properties"][name]["maxLength"].as_u64();
        let must = input["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|f| f == name));
        Self::new(name, &app::door::title_of(input, name), posted)
            .required_if(must)
            .max(longest.and_then(|l| usize::try_from(l).ok()).unwrap_or(0))
    }

    /// The fields of an operation's input that a person writes lines into, in their order, with
    /// what the schema says of them.
    pub(crate) fn lines_of(operation: &str, posted: &Posted) -> Vec<Self> {
        let input = app::door::find(operation).map(app::door::Operation::input);
        let fields = input.and_then(|input| input["properties"].as_object());
        let long = |field: &Value| field["maxLength"].as_u64().is_some_and(|l| l > LINE_MAX);
        let fields = fields
            .into_iter()
            .flatten()
            .filter(|(_, field)| long(field));
        let lines = fields.map(|(name, field)| {
            let hint = field["description"].as_str().unwrap_or_default();
            let lines = Self::of(operation, name, posted).kind(FieldKind::Lines);
            lines.hint(hint)
        });
        lines.collect()
    }

    /// Takes a value where the field was not sent yet.
    pub(crate) fn or(mut self, value: impl Into<String>) -> Self {
        if !self.sent {
            self.value = value.into();
        }
        self
    }

    /// Says what it is filled in with.
    pub(crate) fn kind(mut self, kind: FieldKind) -> Self {
        self.kind = kind;
        self
    }

    /// Makes it a must.
    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Makes it a must where `must`.
    pub(crate) fn required_if(mut self, must: bool) -> Self {
        self.required = must;
        self
    }

    /// Sets the longest value.
    pub(crate) fn max(mut self, max: usize) -> Self {
        self.max = max;
        self
    }

    /// Says what the browser may fill in.
    pub(crate) fn autocomplete(mut self, token: &str) -> Self {
        token.clone_into(&mut self.autocomplete);
        self
    }

    /// Adds a sentence below it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self.describe()
    }

    /// Takes the messages of this field.
    pub(crate) fn errors(mut self, errors: &FieldErrors) -> Self {
        self.errors = errors.of(&self.name).to_vec();
        self.describe()
    }

    /// Offers choices; those posted are chosen, or the ones chosen beforehand if none was.
    pub(crate) fn options(mut self, options: Vec<Choice>, posted: &Posted) -> Self {
        let sent = posted.many(&self.name);
        let value = self.value.clone();
        self.options = options
            .into_iter()
            .map(|mut o| {
                if !sent.is_empty() {
                    o.chosen = sent.contains(&o.value);
                } else if !value.is_empty() {
                    o.chosen = o.value == value;
                } else {
                    o.chosen = o.chosen && !posted.has("csrf");
                }
                o
            })
            .collect();
        self
    }

    fn describe(mut self) -> Self {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.name));
        }
        ids.extend((1..=self.errors.len()).map(|n| format!("{}-err-{n}", self.name)));
        self.described = ids.join(" ");
        self
    }
}

/// One line of the summary at the top of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The field to jump to; empty for the form as a whole.
    pub anchor: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// The summary of a form's messages.
pub(crate) fn summary(errors: &FieldErrors) -> Vec<Wrong> {
    let lines = errors.0.iter().flat_map(|(field, all)| {
        all.iter().map(move |m| Wrong {
            anchor: field.clone(),
            message: m.clone(),
        })
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_beside_the_field() {
        let form = posted(&[("name", " 清溪镇 "), ("from", "昨天")]);
        let mut errors = FieldErrors::new();
        assert_eq!(form.read::<u32>("from", "请填写数字。", &mut errors), None);
        let field = Field::new("from", "起始日", &form)
            .hint("年月日")
            .errors(&errors);
        assert_eq!(field.value, "昨天");
        assert_eq!(field.errors, ["请填写数字。"]);
        assert_eq!(field.described, "from-hint from-err-1");
        assert_eq!(form.text("name"), "清溪镇");
        assert_eq!(summary(&errors).len(), 1);
    }

    #[test]
    fn what_was_emptied_stays_empty_when_the_form_comes_back() {
        let first = Field::new("days", "天数", &Posted::default()).or("5");
        let again = Field::new("days", "天数", &posted(&[("days", "")])).or("5");
        assert_eq!((first.value.as_str(), again.value.as_str()), ("5", ""));
    }

    #[test]
    fn an_unticked_choice_stays_unticked_when_the_form_comes_back() {
        let mut tick = Choice::new("1", "是");
        tick.chosen = true;
        let first = Field::new("way", "方式", &Posted::default());
        assert!(
            first
                .options(vec![tick.clone()], &Posted::default())
                .options[0]
                .chosen
        );
        let sent = posted(&[("csrf", "x")]);
        let again = Field::new("way", "方式", &sent).options(vec![tick], &sent);
        assert!(!again.options[0].chosen);
    }
}
