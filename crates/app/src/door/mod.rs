//! The door: what can be asked of the program by other programs, one row an operation.
//!
//! A noun declares its rows beside its verbs with [`operations!`]; the JSON API, its description
//! and the command line are made from them, so that the three cannot differ.
//!
//! **Invariant:** an input is one flat JSON object, held against its schema before the verb sees
//! it;
//! an answer stands in an envelope that names it; both are printed by [`print()`] and nothing else.

mod check;
mod envelope;
mod nothing;
mod saved;
mod schema;
mod table;

use std::future::Future;
use std::pin::Pin;

use domain::policy::Action;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::ctx::{Ctx, Who};
use crate::error::{FieldErrors, Result};
use crate::listed::Count;

pub use self::check::NESTING_MAX;
pub use self::envelope::{Envelope, escaped, print, refusal};
pub use self::nothing::Nothing;
pub use self::saved::Saved;
pub use self::schema::{closed, generator, is_of, scalar, title_of};
pub use self::table::{all, find, nouns};

/// What an operation comes to, later.
pub type Called = Pin<Box<dyn Future<Output = Result<Value>> + Send>>;

/// Largest body of an operation that says no other, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// How an operation is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Looks and changes nothing.
    Get,
    /// Does something.
    Post,
}

impl Method {
    /// As it stands in a request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One row: what can be asked, where, by whom, with which input and to which answer.
pub struct Operation {
    /// `noun.verb`, as the trail and the command line name it.
    pub name: &'static str,
    /// How it is asked for.
    pub method: Method,
    /// Address below `/api/v1`, with its parameters in braces; they are fields of the input.
    pub path: &'static str,
    /// What it does, in Chinese.
    pub summary: &'static str,
    /// Whose roles allow one of these somewhere may ask; empty is everybody who is signed in. On
    /// which things, the verb decides.
    pub powers: &'static [Action],
    /// What surrounds the answer.
    pub envelope: Envelope,
    /// Largest body that the API takes for it, in bytes.
    pub body_bytes_max: usize,
    /// Describes the input; see [`Operation::input`].
    pub input: fn(&mut SchemaGenerator) -> Schema,
    /// Describes the answer without its envelope; see [`Operation::output`].
    pub output: fn(&mut SchemaGenerator) -> Schema,
    /// Asks the verb, the input being checked already; see [`Operation::ask`].
    pub call: fn(Ctx, Value) -> Called,
}

impl Operation {
    /// The noun: what stands before the dot.
    pub fn noun(&self) -> &'static str {
        self.name
            .split_once('.')
            .map_or(self.name, |(noun, _)| noun)
    }

    /// The verb: what stands behind it.
    pub fn verb(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(_, verb)| verb)
    }

    /// Whether it changes something.
    pub const fn writes(&self) -> bool {
        matches!(self.method, Method::Post)
    }

    /// The fields that stand in the address.
    pub fn in_path(&self) -> impl Iterator<Item = &'static str> {
        let parts = self.path.split('/');
        parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The schema of the input: JSON Schema 2020-12, whole in itself, without open objects.
    pub fn input(&self) -> &'static Value {
        schema::of_input(self.name, self.input)
    }

    /// The schema of an answer in its envelope; what it refers to is added to the generator.
    pub fn answer(&self, generator: &mut SchemaGenerator) -> Value {
        let inner = (self.output)(generator);
        let count = generator.subschema_for::<Count>();
        let mut schema = self.envelope.schema(inner, count);
        closed(&mut schema);
        schema
    }

    /// Refuses somebody whose roles allow none of its powers anywhere.
    pub fn admit(&self, who: &Who) -> Result<()> {
        match self.powers.first() {
            Some(first) if !self.powers.iter().any(|p| who.may_somewhere(*p)) => {
                Err(who.lacking(*first))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// An input that is held against the schema, for a door that says more than the answer.
    pub fn checked<T: serde::de::DeserializeOwned>(&self, input: Value) -> Result<T> {
        check::check(self.input(), &input)?;
        read(input)
    }

    /// Asks: the input is held against the schema, the person against the powers, then the verb
    /// has its word. A key that a program chose is its person's own, and this operation's.
    pub async fn ask(&self, mut ctx: Ctx, input: Value) -> Result<Value> {
        let who = ctx.who()?;
        self.admit(who)?;
        check::check(self.input(), &input)?;
        let own = |key: &String| {
            let text = format!("{}\u{1f}{}\u{1f}{key}", who.person, self.name);
            hex::encode(Sha256::digest(text))
        };
        ctx.once = ctx.once.as_ref().map(own);
        (self.call)(ctx, input).await
    }
}

/// Reads an input that was held against its schema.
///
/// # Errors
/// What the schema could not say, such as a day that no calendar has.
pub fn read<T: serde::de::DeserializeOwned>(input: Value) -> Result<T> {
    serde_path_to_error::deserialize(input).map_err(|why| {
        tracing::debug!(%why, "an input that its schema lets pass");
        let field = why.path().to_string();
        FieldErrors::one(
            if field == "." { "" } else { &field },
            "内容与要求的格式不符，请对照接口说明改正后再提交。",
        )
    })
}

/// Declares the operations of a noun.
///
/// A row that reads has name, method, address, words and powers; a row that writes has the verb and
/// the address, and all else from the row of the verb. Then the type of the input, what is
/// answered,
/// and the function; `up to A_LIMIT` behind it lets the API take a body of so many bytes.
/// `{"noun": T}` answers one thing, `["nouns": T]` a list (the function answers
/// `Listed<T>`), `(T)` is its own envelope. A function is called with the context and the input, or
/// with the fields of the input that are named behind it.
macro_rules! operations {
    (@rows [$($row:expr),*]) => {
        /// What can be asked of this noun.
        pub(crate) const OPERATIONS: &[$crate::door::Operation] = &[$($row),*];
    };
    (@rows [$($row:expr),*]
        Read $name:literal GET $path:literal $words:literal [$($power:ident),*]
        $input:ty => $envelope:tt = $($call:ident)::+ $(($($field:ident),*))? $(up to $most:path)?;
        $($rest:tt)*
    ) => {
        $crate::door::operations!(@rows [$($row,)* $crate::door::Operation {
            name: $name,
            method: $crate::door::Method::Get,
            path: $path,
            summary: $words,
            powers: &[$(domain::policy::Action::$power),*],
            envelope: $crate::door::operations!(@envelope $envelope),
            body_bytes_max: $crate::door::operations!(@most $($most)?),
            input: |generator| generator.subschema_for::<$input>(),
            output: |generator| $crate::door::operations!(@output generator $envelope),
            call: $crate::door::operations!(
                @function $input, $envelope, ($($call)::+) $(($($field),*))?
            ),
        }] $($rest)*);
    };
    // What writes under another name than its verb's, or under several verbs.
    (@rows [$($row:expr),*]
        Write $name:literal POST $path:literal $words:literal [$($power:ident),*]
        $input:ty => $envelope:tt = $($call:ident)::+ $(($($field:ident),*))? $(up to $most:path)?;
        $($rest:tt)*
    ) => {
        $crate::door::operations!(@rows [$($row,)* $crate::door::Operation {
            name: $name,
            method: $crate::door::Method::Post,
            path: $path,
            summary: $words,
            powers: &[$(domain::policy::Action::$power),*],
            envelope: $crate::door::operations!(@envelope $envelope),
            body_bytes_max: $crate::door::operations!(@most $($most)?),
            input: |generator| generator.subschema_for::<$input>(),
            output: |generator| $crate::door::operations!(@output generator $envelope),
            call: $crate::door::operations!(
                @function $input, $envelope, ($($call)::+) $(($($field),*))?
            ),
        }] $($rest)*);
    };
    (@rows [$($row:expr),*]
        Write $verb:ident POST $path:literal
        $input:ty => $envelope:tt = $($call:ident)::+ $(($($field:ident),*))? $(up to $most:path)?;
        $($rest:tt)*
    ) => {
        $crate::door::operations!(@rows [$($row,)* $crate::door::Operation {
            name: $crate::verb::Verb::$verb.code(),
            method: $crate::door::Method::Post,
            path: $path,
            summary: $crate::verb::Verb::$verb.row().trail,
            powers: $crate::verb::Verb::$verb.powers(),
            envelope: $crate::door::operations!(@envelope $envelope),
            body_bytes_max: $crate::door::operations!(@most $($most)?),
            input: |generator| generator.subschema_for::<$input>(),
            output: |generator| $crate::door::operations!(@output generator $envelope),
            call: $crate::door::operations!(
                @function $input, $envelope, ($($call)::+) $(($($field),*))?
            ),
        }] $($rest)*);
    };
    (@function $input:ty, $envelope:tt, $call:tt $($fields:tt)?) => {
        |ctx, input| Box::pin(async move {
            let input: $input = $crate::door::read(input)?;
            let out = $crate::door::operations!(@call ctx input $call $($fields)?);
            $crate::door::operations!(@around out $envelope)
        })
    };
    (@most) => { $crate::door::BODY_BYTES_MAX };
    (@most $most:path) => { $most };
    (@envelope {$key:literal : $out:ty}) => { $crate::door::Envelope::One($key) };
    (@envelope [$key:literal : $out:ty]) => { $crate::door::Envelope::Many($key) };
    (@envelope ($out:ty)) => { $crate::door::Envelope::Own };
    (@output $generator:ident {$key:literal : $out:ty}) => { $generator.subschema_for::<$out>() };
    (@output $generator:ident [$key:literal : $out:ty]) => { $generator.subschema_for::<$out>() };
    (@output $generator:ident ($out:ty)) => { $generator.subschema_for::<$out>() };
    (@call $ctx:ident $input:ident ($($call:ident)::+)) => { $($call)::+(&$ctx, $input).await? };
    (@call $ctx:ident $input:ident ($($call:ident)::+) ($($field:ident),*)) => {
        $($call)::+(&$ctx, $($input.$field),*).await?
    };
    (@around $made:ident {$key:literal : $out:ty}) => {{
        let out: $out = $made;
        $crate::door::Envelope::one($key, &out)
    }};
    (@around $made:ident [$key:literal : $out:ty]) => {{
        let out: $crate::Listed<$out> = $made;
        $crate::door::Envelope::many($key, &out)
    }};
    (@around $made:ident ($out:ty)) => {{
        let out: $out = $made;
        $crate::door::Envelope::own(&out)
    }};
    ($($kind:ident $name:tt $method:ident $($rest:tt)*)?) => {
        $($crate::door::operations!(@rows [] $kind $name $method $($rest)*);)?
    };
}
pub(crate) use operations;
