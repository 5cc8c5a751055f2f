"""Words for the seed. All names are common family and given names put together by chance."""

# ruff: noqa: E501

PRODUCTS = [
    # sku, slug, name, category, price, drawing, description
    ("PE-101", "fountain-pen-f", "万年筆「しらさぎ」細字 F", "pen", 5500, "pen-blue", "毎日使いたい、軽やかな書き味の万年筆。\nカートリッジと吸入式のどちらでもお使いいただけます。"),
    ("PE-102", "fountain-pen-m", "万年筆「しらさぎ」中字 M", "pen", 5500, "pen-red", "手紙や署名に向く、たっぷりとした線の中字です。"),
    ("PE-110", "gel-pen-05", "ゲルインクボールペン 0.5mm 黒", "pen", 165, "gel", "にじみにくく乾きの早いゲルインク。"),
    ("PE-111", "gel-pen-3color", "3色ゲルボールペン 0.5mm", "pen", 495, "gel3", "黒・赤・青を1本に。ノートをとる人の定番です。"),
    ("PE-120", "brush-pen", "筆ペン 中字", "pen", 385, "brushpen", "年賀状や熨斗書きに。穂先がまとまりやすい毛筆タイプです。"),
    ("PE-130", "line-marker-5", "やさしい蛍光マーカー 5色セット", "pen", 660, "markers", "目に痛くない、淡い色の蛍光ペンです。"),
    ("PL-201", "pencil-hb-12", "鉛筆 HB 12本入り", "pencil", 880, "pencil-green", "折れにくく、なめらかな書き味。六角軸。"),
    ("PL-202", "pencil-2b-12", "かきかた鉛筆 2B 12本入り", "pencil", 880, "pencil-blue", "小学校の入学準備に。三角軸で持ちやすい鉛筆です。"),
    ("PL-210", "mechanical-pencil", "製図用シャープペンシル 0.5mm", "pencil", 1650, "mechanical", "低重心の金属軸。長い時間書いても疲れにくい一本です。"),
    ("PL-211", "lead-05-hb", "シャープ替芯 0.5mm HB 40本", "pencil", 220, "lead", "濃く、折れにくい替芯。"),
    ("PL-220", "eraser-big", "よく消える消しゴム 大", "pencil", 132, "eraser", "消しくずがまとまる、白い消しゴムです。"),
    ("PL-230", "sharpener", "卓上鉛筆削り（手動）", "pencil", 1980, "sharpener", "芯先の太さを2段階に選べます。"),
    ("CP-012", "colored-pencils-12", "色鉛筆12色セット", "art", 1980, "crayons12", "発色のよい油性色鉛筆。缶ケース入りです。\n重ね塗りがきれいで、はじめての方にもおすすめです。"),
    ("CP-024", "colored-pencils-24", "色鉛筆24色セット", "art", 3960, "crayons24", "12色セットに、肌色や緑の中間色を加えた24色。"),
    ("CP-036", "watercolor-pencils-36", "水彩色鉛筆36色セット", "art", 7480, "crayons36", "水を含ませた筆でなぞると、水彩画のように溶けます。"),
    ("AR-301", "watercolor-12", "透明水彩絵具 12色", "art", 3300, "palette", "混色しても濁りにくい、固形の透明水彩です。"),
    ("AR-302", "sketchbook-f4", "スケッチブック F4 24枚", "art", 770, "sketchbook", "鉛筆にも水彩にも使える中目の画用紙。"),
    ("AR-303", "water-brush", "水筆ペン 3本セット", "art", 990, "waterbrush", "軸に水をためて使える筆。外でのスケッチに。"),
    ("IK-401", "ink-blue-50", "万年筆インク「夜明け前」50ml", "ink", 1650, "ink-blue", "青から紺へ、濃淡の美しいインクです。"),
    ("IK-402", "ink-green-50", "万年筆インク「竹林」50ml", "ink", 1650, "ink-green", "落ち着いた緑。手紙の宛名にも。"),
    ("IK-403", "ink-sepia-50", "万年筆インク「古い手紙」50ml", "ink", 1650, "ink-sepia", "乾くと少し赤みを帯びる、セピア色です。"),
    ("IK-410", "cartridge-blue-6", "カートリッジインク ブルーブラック 6本", "ink", 440, "cartridge", "「しらさぎ」シリーズにお使いいただけます。"),
    ("NB-501", "grid-note-a5", "方眼ノート A5 5mm方眼", "note", 528, "note-teal", "裏抜けしにくい紙を糸でかがったノート。180度開きます。"),
    ("NB-502", "grid-note-b5", "方眼ノート B5 5mm方眼", "note", 638, "note-navy", "図やグラフの多い勉強に。80枚。"),
    ("NB-503", "ruled-note-b5", "横罫ノート B5 7mm罫 5冊組", "note", 990, "note-ruled", "学校でもしごとでも使える定番のノート、5冊組です。"),
    ("NB-504", "plain-note-a6", "無地ノート A6 布張り", "note", 1320, "note-cloth", "ポケットに入る、布張り表紙の小さなノート。"),
    ("NB-505", "music-note", "五線ノート B5 12段", "note", 418, "note-music", "見開きで使いやすい、うすい灰色の五線。"),
    ("MM-601", "planner-2027", "2027年版 手帳 週間バーチカル B6", "memo", 2420, "planner", "月間と週間を行き来しやすい、しおり2本つきの手帳です。"),
    ("MM-602", "sticky-75", "ふせん 75×75mm 4色", "memo", 495, "sticky", "くり返し貼れる、少し強めの糊。"),
    ("MM-603", "sticky-film", "フィルムふせん 6色", "memo", 385, "film", "透明なので、下の文字が読めます。"),
    ("MM-604", "todo-pad", "やることメモパッド", "memo", 528, "todo", "1日1枚、チェック欄つきのメモです。"),
    ("LT-701", "letter-set-bird", "レターセット「ことりの便り」", "letter", 748, "letterset", "便箋12枚、封筒6枚。四季の小鳥の絵柄です。"),
    ("LT-702", "letter-paper-vertical", "縦書き便箋 B5 30枚", "letter", 440, "paper", "万年筆のインクがにじみにくい便箋。"),
    ("LT-703", "envelope-long", "和封筒 長形4号 20枚", "letter", 330, "envelope", "縦書き便箋にちょうどよい封筒です。"),
    ("LT-704", "message-card", "活版印刷メッセージカード 5枚", "letter", 880, "card", "一枚ずつ活版で刷った、厚手のカード。"),
    ("FL-801", "clear-folder-10", "クリアフォルダー A4 10枚", "file", 550, "folder", "書類の整理に。中身の見える半透明。"),
    ("FL-802", "ring-binder-a4", "2穴リングファイル A4", "file", 605, "binder", "背幅35mm。ラベルは差し替え式です。"),
    ("FL-803", "pen-case-roll", "帆布のロールペンケース", "file", 2750, "pencase", "10本の筆記具をくるりと巻いて持ち歩けます。"),
    ("TL-901", "scissors", "よく切れるはさみ 175mm", "tool", 990, "scissors", "厚紙もテープも、刃先まで軽く切れます。"),
    ("TL-902", "masking-tape-5", "マスキングテープ 5巻セット「水彩」", "tool", 1210, "tape", "にじんだような5色。手でまっすぐ切れます。"),
    ("TL-903", "glue-stick", "スティックのり 2本組", "tool", 308, "glue", "塗ったところが分かる、青い色つき。乾くと透明になります。"),
    ("GF-951", "gift-fountain-pen-set", "万年筆とインクのギフトセット", "gift", 7700, "gift-pen", "「しらさぎ」細字とインク「夜明け前」を化粧箱に。\nメッセージカードをおつけします。"),
    ("GF-952", "gift-school", "入学お祝いセット", "gift", 3850, "gift-school", "かきかた鉛筆、消しゴム、鉛筆削りの詰め合わせです。名入れも承ります。"),
]  # fmt: skip

FAMILY_NAMES = [
    ("佐々木", "ササキ", "sasaki"), ("高橋", "タカハシ", "takahashi"), ("渡辺", "ワタナベ", "watanabe"),
    ("渡邉", "ワタナベ", "watanabe"), ("伊藤", "イトウ", "ito"), ("中村", "ナカムラ", "nakamura"),
    ("小林", "コバヤシ", "kobayashi"), ("加藤", "カトウ", "kato"), ("吉田", "ヨシダ", "yoshida"),
    ("𠮷田", "ヨシダ", "yoshida"), ("斎藤", "サイトウ", "saito"), ("齋藤", "サイトウ", "saito"),
    ("髙橋", "タカハシ", "takahashi"), ("松本", "マツモト", "matsumoto"), ("井上", "イノウエ", "inoue"),
    ("木村", "キムラ", "kimura"), ("林", "ハヤシ", "hayashi"), ("清水", "シミズ", "shimizu"),
    ("山崎", "ヤマザキ", "yamazaki"), ("森", "モリ", "mori"), ("阿部", "アベ", "abe"),
    ("池田", "イケダ", "ikeda"), ("橋本", "ハシモト", "hashimoto"), ("石川", "イシカワ", "ishikawa"),
    ("前田", "マエダ", "maeda"), ("藤田", "フジタ", "fujita"), ("長谷川", "ハセガワ", "hasegawa"),
    ("近藤", "コンドウ", "kondo"), ("坂本", "サカモト", "sakamoto"), ("遠藤", "エンドウ", "endo"),
]  # fmt: skip

GIVEN_NAMES = [
    ("陽菜", "ヒナ", "hina"), ("結衣", "ユイ", "yui"), ("美咲", "ミサキ", "misaki"), ("さくら", "サクラ", "sakura"),
    ("恵子", "ケイコ", "keiko"), ("由美子", "ユミコ", "yumiko"), ("直子", "ナオコ", "naoko"),
    ("真理", "マリ", "mari"), ("智子", "トモコ", "tomoko"), ("千尋", "チヒロ", "chihiro"),
    ("翔太", "ショウタ", "shota"), ("蓮", "レン", "ren"), ("大輔", "ダイスケ", "daisuke"),
    ("拓也", "タクヤ", "takuya"), ("誠", "マコト", "makoto"), ("浩", "ヒロシ", "hiroshi"),
    ("隆", "タカシ", "takashi"), ("和夫", "カズオ", "kazuo"), ("悠斗", "ユウト", "yuto"), ("修", "オサム", "osamu"),
]  # fmt: skip

# Addresses that mobile carriers once gave out and that break strict readers of the mail standards.
ODD_ADDRESSES = [
    "foo..bar.@docomo.example",
    "-mizu-iro-@docomo.example",
    "love..cats@ezweb.example",
    "yume.hana.@softbank.example",
    "a.b.c...d@docomo.example",
    "_hoshi_no_suna_@ezweb.example",
    "n+y/2003@docomo.example",
    "Kaze.No.Uta.@softbank.example",
    "..hajime@docomo.example",
    "0123.abc..@ezweb.example",
]

PLACES = [
    ("東京都世田谷区桜木町", "000-0001"), ("東京都杉並区ひばり台", "000-0002"), ("神奈川県横浜市つばめ区青葉", "000-0003"),
    ("大阪府大阪市みどり区若草町", "000-0004"), ("京都府京都市北山区竹屋町", "000-0005"),
    ("北海道札幌市白樺区花園", "000-0006"), ("愛知県名古屋市楠区本町", "000-0007"),
    ("福岡県福岡市海辺区浜町", "000-0008"), ("宮城県仙台市杜区緑ヶ丘", "000-0009"),
    ("広島県広島市川端区南町", "000-0010"), ("長野県松並市星見町", "000-0011"), ("沖縄県那覇川市珊瑚", "000-0012"),
]  # fmt: skip

NOTES = [
    "ギフト包装をお願いします。",
    "領収書の同封をお願いします。宛名は「みどり小学校PTA」です。",
    "平日の昼間は不在です。夜間の配達を希望します。",
    "宅配ボックスに入れてください。",
    "名入れは「ゆうと」でお願いします。",
]
