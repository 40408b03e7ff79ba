//! Settings: one typed value, read once from a file and the environment.
//!
//! **Invariant:** an unknown key is an error that names the nearest known one; nothing else reads
//! settings.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::console::Console;
use crate::edge;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};

/// The file that is read when none is named, if it exists.
pub const FILE: &str = "bihuan.toml";

/// What can be done with settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Prints the effective settings.
    #[command(about = "检查配置并输出实际生效的值（口令隐去）")]
    Check,
}

impl ConfigCommand {
    /// Runs it.
    pub fn run(self, place: &Place, console: Console) -> Outcome {
        let Self::Check = self;
        let shown = place.config.redacted();
        if console.json {
            let value: Table = shown.parse().unwrap_or_default();
            console.value(&value);
        } else {
            console.data(shown.trim_end());
        }
        Ok(Exit::Done)
    }
}

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where pages are served.
    pub server: Server,
    /// Where data stand.
    pub data: Data,
    /// Limits of evidence files.
    pub files: Files,
    /// What is logged.
    pub log: Log,
}

/// Where pages are served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// Cookies over HTTPS only; switch off only where no proxy adds HTTPS.
    pub secure_cookies: bool,
    /// Addresses or networks of proxies that are believed about who asks: `["127.0.0.1"]`.
    pub proxies: Vec<String>,
}

impl Server {
    /// The proxies, read.
    pub fn proxies(&self) -> Outcome<web::Proxies> {
        let read = self.proxies.iter().map(|one| one.parse());
        let all: Result<Vec<web::Network>, web::NotANetwork> = read.collect();
        all.map(web::Proxies).map_err(|why| {
            Fail::usage(format!("配置 [server] 的 proxies 有误：{why}"))
                .hint("写代理服务器的地址或网段，例如 proxies = [\"127.0.0.1\", \"10.1.0.0/16\"]。")
        })
    }
}

/// Where data stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Folder of the database file, evidence files and the head file.
    pub dir: PathBuf,
    /// `postgres://…`; empty is a SQLite file in the folder.
    pub database: String,
    /// The head file outside the database; empty is `heads.jsonl` in the folder.
    pub head_file: PathBuf,
    /// Connections for readers.
    pub readers: u32,
}

/// Limits of evidence files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// Largest upload, in MiB.
    pub upload_max_mib: u64,
    /// Most files of one record.
    pub per_act_max: usize,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,sqlx=warn`.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8650)),
            secure_cookies: true,
            proxies: Vec::new(),
        }
    }
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("bihuan-data"),
            database: String::new(),
            head_file: PathBuf::new(),
            readers: 4,
        }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self {
            upload_max_mib: 20,
            per_act_max: 9,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "warn,bihuan=info,cli=info,web=info".to_owned(),
            json: false,
        }
    }
}

impl Config {
    /// Settings for tests: a folder, any free port.
    pub fn for_tests(dir: &Path) -> Self {
        let mut config = Self::default();
        dir.clone_into(&mut config.data.dir);
        config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.server.secure_cookies = false;
        config
    }

    /// Reads the named file, or the usual one if it exists, then the environment.
    pub fn load(file: Option<&Path>) -> Outcome<Self> {
        let usual = Path::new(FILE);
        let path = file.or_else(|| usual.is_file().then_some(usual));
        let text = match path {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|why| Fail::usage(format!("读不出配置文件“{}”：{why}", path.display())))?,
            None => String::new(),
        };
        let name = path.map_or_else(|| FILE.to_owned(), |p| p.display().to_string());
        Self::parse(&text, &name, &edge::variable)
    }

    /// Reads settings from a text; variables `BIHUAN_SECTION_KEY` come on top.
    pub fn parse(
        text: &str,
        name: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Outcome<Self> {
        let mut table: Table = text
            .parse()
            .map_err(|why| Fail::usage(format!("配置文件“{name}”有误：{why}")))?;
        check_keys(&table, name)?;
        for (section, keys) in known() {
            for (key, default) in &keys {
                let variable_name =
                    format!("BIHUAN_{}_{}", section.to_uppercase(), key.to_uppercase());
                if let Some(text) = variable(&variable_name) {
                    let value =
                        typed(default, &text).ok_or_else(|| wrong(&variable_name, &text))?;
                    let inner = table
                        .entry(section.clone())
                        .or_insert_with(|| Value::Table(Table::new()));
                    if let Some(inner) = inner.as_table_mut() {
                        inner.insert(key.clone(), value);
                    }
                }
            }
        }
        let config: Self = Value::Table(table)
            .try_into()
            .map_err(|why| Fail::usage(format!("配置文件“{name}”有误：{why}")))?;
        config.server.proxies()?;
        Ok(config)
    }

    /// The address of the database.
    pub fn database_url(&self) -> String {
        if self.data.database.is_empty() {
            format!("sqlite:{}", self.data.dir.join("bihuan.db").display())
        } else {
            self.data.database.clone()
        }
    }

    /// The head file.
    pub fn head_file(&self) -> PathBuf {
        if self.data.head_file.as_os_str().is_empty() {
            self.data.dir.join("heads.jsonl")
        } else {
            self.data.head_file.clone()
        }
    }

    /// As TOML, without the database's password.
    pub fn redacted(&self) -> String {
        let mut shown = self.clone();
        shown.data.database = without_password(&shown.data.database);
        toml::to_string_pretty(&shown).unwrap_or_default()
    }
}

/// Every section with its keys and their defaults.
fn known() -> Vec<(String, Vec<(String, Value)>)> {
    let all = Table::try_from(Config::default()).unwrap_or_default();
    all.into_iter()
        .filter_map(|(section, keys)| match keys {
            Value::Table(keys) => Some((section, keys.into_iter().collect())),
            _ => None,
        })
        .collect()
}

/// Refuses unknown sections and keys, all of them at once.
fn check_keys(table: &Table, name: &str) -> Outcome<()> {
    let known = known();
    let mut bad = Vec::new();
    for (section, inner) in table {
        match (known.iter().find(|(s, _)| s == section), inner.as_table()) {
            (None, _) => {
                let sections: Vec<&str> = known.iter().map(|(s, _)| s.as_str()).collect();
                bad.push(format!(
                    "没有“{section}”这一节，可以写：{}",
                    sections.join("、")
                ));
            }
            (Some(_), None) => bad.push(format!("“{section}”应是一节：[{section}]")),
            (Some((_, keys)), Some(inner)) => {
                let names: Vec<&str> = keys.iter().map(|(k, _)| k.as_str()).collect();
                for key in inner.keys().filter(|k| !names.contains(&k.as_str())) {
                    bad.push(format!(
                        "[{section}] 里没有“{key}”，可以写：{}",
                        names.join("、")
                    ));
                }
            }
        }
    }
    if bad.is_empty() {
        return Ok(());
    }
    Err(Fail::usage(format!(
        "配置文件“{name}”有误：{}",
        bad.join("；")
    )))
}

/// A variable's text as the type that its key has.
fn typed(default: &Value, text: &str) -> Option<Value> {
    match default {
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Array(_) => {
            let all = text.split(',').map(str::trim).filter(|one| !one.is_empty());
            let all = all.map(|one| Value::String(one.to_owned()));
            Some(Value::Array(all.collect()))
        }
        _ => Some(Value::String(text.to_owned())),
    }
}

fn wrong(name: &str, text: &str) -> Fail {
    Fail::usage(format!("环境变量 {name} 的值“{text}”不对"))
        .hint("数字写成 20，是否写成 true 或 false，几个地址之间用逗号。")
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((account, place)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    let user = account.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:（已隐去）@{place}")
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        };
        Config::parse(text, "bihuan.toml", &variable).map_err(|fail| fail.message)
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(parse("", &[]), Ok(Config::default()));
    }

    #[test]
    fn the_environment_comes_on_top_of_the_file() {
        let text = "[server]\nlisten = \"0.0.0.0:80\"\n[files]\nper_act_max = 3\n";
        let variables = [
            ("BIHUAN_SERVER_LISTEN", "127.0.0.1:9"),
            ("BIHUAN_LOG_JSON", "true"),
        ];
        let config = parse(text, &variables).unwrap();
        assert_eq!(config.server.listen.port(), 9);
        assert_eq!(config.files.per_act_max, 3);
        assert!(config.log.json);
    }

    #[test]
    fn unknown_keys_are_named_all_at_once() {
        let wrong = parse(
            "[server]\nlisten = \"127.0.0.1:1\"\nport = 3\n[datta]\n",
            &[],
        )
        .unwrap_err();
        assert!(
            wrong.contains("“port”") && wrong.contains("listen"),
            "{wrong}"
        );
        assert!(wrong.contains("“datta”"), "{wrong}");
    }

    #[test]
    fn proxies_are_addresses_or_networks_in_the_file_or_the_environment() {
        let text = "[server]\nproxies = [\"127.0.0.1\", \"10.1.0.0/16\"]\n";
        let config = parse(text, &[]).unwrap();
        assert_eq!(config.server.proxies, ["127.0.0.1", "10.1.0.0/16"]);
        let config = parse(text, &[("BIHUAN_SERVER_PROXIES", "::1, 10.2.0.0/16")]).unwrap();
        assert_eq!(config.server.proxies, ["::1", "10.2.0.0/16"]);
        let wrong = parse("[server]\nproxies = [\"nginx.local\"]\n", &[]).unwrap_err();
        assert!(wrong.contains("“nginx.local”"), "{wrong}");
    }

    #[test]
    fn a_variable_of_the_wrong_type_is_refused() {
        let wrong = parse("", &[("BIHUAN_FILES_PER_ACT_MAX", "many")]).unwrap_err();
        assert!(wrong.contains("BIHUAN_FILES_PER_ACT_MAX"), "{wrong}");
    }

    #[test]
    fn the_password_of_the_database_is_not_shown() {
        let config = parse("[data]\ndatabase = \"postgres://u:secret@h/d\"\n", &[]).unwrap();
        let shown = config.redacted();
        assert!(
            !shown.contains("secret") && shown.contains("postgres://u:"),
            "{shown}"
        );
    }
}
