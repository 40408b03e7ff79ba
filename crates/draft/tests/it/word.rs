//! Word files: automatic numbers, tables with merged cells, and files that are refused.

use std::io::{Cursor, Write};

use draft::ReadError;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{draft, read};

const NAMES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

fn package(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("a part begins");
        zip.write_all(text.as_bytes()).expect("a part is written");
    }
    zip.finish().expect("the package is closed").into_inner()
}

fn paragraph(text: &str, properties: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn numbered(text: &str, level: u8) -> String {
    paragraph(
        text,
        &format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>"#),
    )
}

fn numbering() -> String {
    let levels = [
        ("chineseCounting", "%1、"),
        ("chineseCountingThousand", "（%2）"),
        ("decimal", "%3."),
        ("decimalEnclosedCircle", "%4"),
    ];
    let mut all = String::new();
    for (n, (format, text)) in levels.iter().enumerate() {
        all.push_str(&format!(
            r#"<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>
               <w:lvlText w:val="{text}"/></w:lvl>"#
        ));
    }
    format!(
        r#"<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{all}</w:abstractNum>
           <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#
    )
}

fn document(body: &str) -> String {
    format!("<w:document {NAMES}><w:body>{body}</w:body></w:document>")
}

#[test]
fn automatic_numbers_become_the_path_of_a_clause() {
    let styles = format!(
        r#"<w:styles {NAMES}><w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>
           </w:pPr></w:style><w:style w:styleId="Head"><w:basedOn w:val="Base"/></w:style></w:styles>"#
    );
    let body = [
        paragraph("工作任务", r#"<w:pStyle w:val="Head"/>"#),
        numbered("压实责任", 1),
        numbered("镇政府每月召开1次例会。", 2),
        numbered("村委会每周巡查&lt;2&gt;次以上。", 3),
        numbered("保障措施", 0),
        numbered("县应急局每季度通报一次。", 1),
    ]
    .concat();
    let bytes = package(&[
        ("word/document.xml", document(&body)),
        ("word/numbering.xml", numbering()),
        ("word/styles.xml", styles),
    ]);
    let source = read(&bytes).expect("it is a Word file");
    assert!(source.text.contains("巡查<2>次"), "{}", source.text);
    let clauses: Vec<String> = draft(&source.text)
        .labels
        .into_iter()
        .map(|l| l.clause)
        .collect();
    assert_eq!(clauses, ["一/（一）/1", "一/（一）/1/①", "二/（一）"]);
}

#[test]
fn merged_cells_keep_their_columns() {
    let cell = |text: &str, properties: &str| {
        format!(
            "<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>",
            paragraph(text, "")
        )
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let plain = |text: &str| cell(text, "");
    let table = [
        row(&[
            plain("序号"),
            plain("任务"),
            plain("责任单位"),
            plain("完成时限"),
        ]),
        row(&[
            plain("1"),
            plain("完成管网排查"),
            cell("县住建局", r#"<w:vMerge w:val="restart"/>"#),
            plain("2025年3月底前"),
        ]),
        row(&[
            plain("2"),
            plain("完成管网改造"),
            cell("", "<w:vMerge/>"),
            plain("2025年9月底前"),
        ]),
        row(&[cell("合计", r#"<w:gridSpan w:val="3"/>"#), plain("")]),
    ];
    let bytes = package(&[(
        "word/document.xml",
        document(&format!("<w:tbl>{}</w:tbl>", table.concat())),
    )]);
    let source = read(&bytes).expect("it is a Word file");
    let labels = draft(&source.text).labels;
    let told: Vec<(String, String)> = labels.into_iter().map(|l| (l.clause, l.who)).collect();
    let wanted = [("表1#1", "县住建局"), ("表1#2", "县住建局")];
    assert_eq!(told, wanted.map(|(c, w)| (c.to_owned(), w.to_owned())));
}

#[test]
fn what_cannot_be_read_is_refused_with_a_way_out() {
    let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0];
    assert_eq!(read(&old), Err(ReadError::OldWord));
    assert_eq!(read(b"\x89PNG\r\n\x1a\n"), Err(ReadError::Picture));
    assert_eq!(read(b"  \n "), Err(ReadError::Empty));
    assert_eq!(
        read(b"PK\x03\x04nothing"),
        Err(ReadError::Damaged { part: "压缩包" })
    );
    let other = package(&[("xl/workbook.xml", "<workbook/>".to_owned())]);
    assert_eq!(read(&other), Err(ReadError::NotWord));
    for why in [ReadError::OldWord, ReadError::Picture, ReadError::NotText] {
        assert!(why.to_string().contains('请'), "{why}");
    }
}

#[test]
fn old_encodings_are_read() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("一、各镇每月报送一次。");
    assert_eq!(
        read(&bytes).expect("it is GB 18030").text,
        "一、各镇每月报送一次。"
    );
    let marked = [b"\xEF\xBB\xBF".as_slice(), "每月".as_bytes()].concat();
    assert_eq!(read(&marked).expect("it is UTF-8").text, "每月");
}
