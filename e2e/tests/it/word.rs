//! A notice as Word writes one: automatic Chinese numbers and a table with merged cells.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NAMES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/></Types>"#;

const PACKAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

const DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>"#;

fn text(words: &str) -> String {
    format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>")
}

/// A paragraph that Word numbers: 0 is 一、, 1 is （一）.
fn numbered(level: u8, words: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#
    )
}

fn cell(words: &str, merge: &str) -> String {
    format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="2200" w:type="dxa"/>{merge}</w:tcPr>{}</w:tc>"#,
        text(words)
    )
}

fn row(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

fn table() -> String {
    let plain = |words: &str| cell(words, "");
    let first = r#"<w:vMerge w:val="restart"/>"#;
    let rows = [
        row(&["序号", "任务", "责任单位", "完成时限"].map(plain)),
        row(&[
            plain("1"),
            plain("完成仓库底数排查"),
            cell("各乡镇人民政府", first),
            plain("2026年11月20日前"),
        ]),
        row(&[
            plain("2"),
            plain("建立仓库台账"),
            cell("", "<w:vMerge/>"),
            plain("2026年12月15日前"),
        ]),
        row(&[
            plain("3"),
            plain("曝光典型隐患"),
            plain("县应急管理局"),
            plain("2026年12月底前"),
        ]),
    ];
    let border = |side: &str| format!(r#"<w:{side} w:val="single" w:sz="4" w:color="000000"/>"#);
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .map(border)
        .concat();
    format!(
        "<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>{}</w:tbl>",
        rows.concat()
    )
}

fn numbering() -> String {
    let levels = [
        ("chineseCounting", "%1、"),
        ("chineseCountingThousand", "（%2）"),
    ];
    let level = |n: usize| {
        let (format, shown) = levels[n];
        format!(
            r#"<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:suff w:val="nothing"/><w:lvlText w:val="{shown}"/></w:lvl>"#
        )
    };
    let levels = [level(0), level(1)].concat();
    format!(
        r#"<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#
    )
}

/// The notice of the journey.
pub(crate) fn depots() -> Vec<u8> {
    let body = [
        text("泽安县安全生产委员会办公室文件"),
        text("泽安安办发〔2026〕21号"),
        text("关于开展仓库冬季防火专项检查的通知"),
        text("各乡镇人民政府，县直有关部门："),
        numbered(0, "检查"),
        numbered(1, "各乡镇人民政府每月至少检查辖区仓库2次。"),
        numbered(1, "各乡镇人民政府每月检查1次夜间值守。"),
        numbered(0, "报送"),
        numbered(1, "各乡镇人民政府于每月25日前报送检查情况。"),
        numbered(0, "任务清单"),
        table(),
        text("泽安县安全生产委员会办公室"),
        text("2026年11月1日"),
    ]
    .concat();
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document {NAMES}><w:body>{body}<w:sectPr/></w:body></w:document>"#
    );
    let parts = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", PACKAGE.to_owned()),
        ("word/document.xml", document),
        ("word/_rels/document.xml.rels", DOCUMENT.to_owned()),
        ("word/numbering.xml", numbering()),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(part.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
