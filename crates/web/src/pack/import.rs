//! Importing a pack: files are checked as a whole, every mistake at once, then kept.

use app::pack::{Checked, picture};
use askama::Template;
use domain::pack::PackFile;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::Wrong;
use crate::page::Page;
use crate::sheet::tried;
use crate::upload::{Sent, Upload};

#[derive(Template)]
#[template(path = "pack/import.html")]
struct ImportPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    checked: Option<Checked>,
    pictures: Vec<String>,
    verdict: String,
}

async fn import_page(page: &Page, messages: &[String]) -> Result<ImportPage, PageError> {
    let mut chrome = page.chrome().await?;
    let wrong = |message: &String| Wrong {
        anchor: "file".to_owned(),
        message: message.clone(),
    };
    chrome.failed = !messages.is_empty();
    Ok(ImportPage {
        chrome,
        crumbs: vec![Crumb::new("制度", "/packs")],
        errors: messages.iter().map(wrong).collect(),
        checked: None,
        pictures: Vec::new(),
        verdict: String::new(),
    })
}

/// The same with what the checker found in files.
async fn checked_page(
    page: &Page,
    checked: Checked,
    files: &[PackFile],
) -> Result<ImportPage, PageError> {
    let pictures = checked.problems.iter().map(|p| picture(p, files));
    Ok(ImportPage {
        pictures: pictures.collect(),
        verdict: verdict(&checked),
        checked: Some(checked),
        ..import_page(page, &[]).await?
    })
}

fn verdict(checked: &Checked) -> String {
    let hints = match checked.warnings() {
        0 => String::new(),
        n => format!("，另有 {n} 处提醒"),
    };
    if checked.sound {
        format!("检查通过{hints}，可以导入。")
    } else {
        format!(
            "有 {} 处错误{hints}，请按下面指出的位置修改。",
            checked.mistakes()
        )
    }
}

/// The form.
pub(super) async fn form(page: Page) -> Answer {
    page.ctx.writable()?;
    let shown = import_page(&page, &[]).await?;
    page.html(&shown)
}

/// Checks the files, and keeps them where that was asked for and nothing is wrong.
pub(super) async fn post(upload: Upload) -> Answer {
    let page = upload.page;
    let files = match texts(upload.files) {
        Ok(files) => files,
        Err(message) => {
            let shown = import_page(&page, &[message]).await?;
            return page.refused(&shown);
        }
    };
    let checked = match tried(app::pack::check(&page.ctx, &files).await)? {
        Ok(checked) => checked,
        Err(errors) => {
            let shown = import_page(&page, errors.of("files")).await?;
            return page.refused(&shown);
        }
    };
    if checked.sound && upload.posted.text("do") == "import" {
        let kept = app::pack::import(&page.ctx, &files).await?;
        let path = format!("/packs/{}?version={}", kept.id, kept.version);
        return Ok(page.done(&path, app::Verb::PackImport));
    }
    let shown = checked_page(&page, checked, &files).await?;
    page.html(&shown)
}

/// The files as text, or what is wrong with them.
fn texts(sent: Vec<Sent>) -> Result<Vec<PackFile>, String> {
    if sent.is_empty() {
        return Err("请选择制度包的全部 TOML 文件，可以一次选多个。".to_owned());
    }
    sent.into_iter()
        .map(|file| match String::from_utf8(file.bytes.to_vec()) {
            Ok(text) => Ok(PackFile {
                path: file.name,
                text,
            }),
            Err(_) => Err(format!(
                "“{}”不是 UTF-8 文本，请另存为 UTF-8 后再试。",
                file.name
            )),
        })
        .collect()
}
